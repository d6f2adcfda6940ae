import ArgumentParser
import DesignSpace
import Foundation
import ModelImport
import TensorGraph

/// The hardware that a sweep goes over.
struct SweepAxes: ParsableArguments {
    @Option(help: ArgumentHelp("Elements of fast memory.", valueName: "VALUES"))
    var capacity: String?

    @Option(help: ArgumentHelp("Elements moved per unit of time.", valueName: "VALUES"))
    var bandwidth: String?

    @Option(help: ArgumentHelp("Native tiles: 128, 128x64, or a range of squares.", valueName: "VALUES"))
    var native: String?

    mutating func validate() throws {
        try checked("--capacity") { if let capacity { _ = try SweepAxis.integers(capacity) } }
        try checked("--bandwidth") { if let bandwidth { _ = try SweepAxis.numbers(bandwidth) } }
        try checked("--native") { if let native { _ = try SweepAxis.tiles(native) } }
    }

    private func checked(_ option: String, _ body: () throws -> Void) throws {
        do {
            try body()
        } catch let fault as SweepAxis.Fault {
            throw ValidationError("\(option): \(fault).")
        }
    }

    /// True when nothing is given.
    var isEmpty: Bool { capacity == nil && bandwidth == nil && native == nil }

    /// All combinations; what is not given is the problem's own.
    ///
    /// - Throws: `ValidationError` when there are too many.
    func grid(_ hardware: Hardware) throws -> SweepGrid {
        let grid = SweepGrid(
            capacities: try capacity.map(SweepAxis.integers) ?? [hardware.fastMemoryCapacity],
            bandwidths: try bandwidth.map(SweepAxis.numbers) ?? [hardware.slowMemoryBandwidth],
            natives: try native.map(SweepAxis.tiles) ?? [(hardware.nativeWidth, hardware.nativeHeight)])
        guard let grid else {
            throw ValidationError("The sweep has more than \(SweepGrid.maximumCount) points.")
        }
        return grid
    }
}

/// Where the problem of a sweep comes from: a problem file, or a model and a chip.
struct SweepSource {
    let path: String
    /// The chip; nil for a problem file.
    let chip: ChipDescription?
    let importOptions: ImportOptions
    /// What all costs are multiplied by.
    let costFactor: Double

    /// The problem as it is without a sweep.
    ///
    /// - Throws: ``FileError``.
    func base() throws -> Problem { try scaled(chip.map(imported) ?? ProblemFile.read(path)) }

    /// The problem at each of some points.
    ///
    /// A model's costs depend on the native tile, so it is imported once for each; costs of a problem file are for a
    /// native tile, whatever its size.
    ///
    /// - Throws: ``FileError``; ``Failure`` for a point that is no hardware.
    func problems(_ base: Problem, at points: [DesignPoint]) throws -> [Problem] {
        var imports: [[Int]: Problem] = [:]
        return try points.map { point in
            var problem = base
            if var chip {
                chip.nativeTile = [point.nativeWidth, point.nativeHeight]
                if let known = imports[chip.nativeTile] {
                    problem = known
                } else {
                    problem = try scaled(imported(chip))
                    imports[chip.nativeTile] = problem
                }
            }
            do throws(ProblemError) {
                return try problem.on(point)
            } catch {
                throw Failure(.badData, "\(path): \(point): \(error)")
            }
        }
    }

    private func imported(_ chip: ChipDescription) throws -> Problem {
        try ModelImporter(chip: chip, options: importOptions).read(path).problem
    }

    private func scaled(_ problem: Problem) throws -> Problem {
        guard costFactor != 1 else { return problem }
        let ops = problem.ops.map {
            $0.with(inputs: $0.inputs, outputs: $0.outputs, baseCost: $0.baseCost * costFactor)
        }
        do throws(ProblemError) {
            return try Problem(
                tensors: problem.tensors, ops: ops, hardware: problem.hardware, tensorNames: problem.tensorNames,
                physicalUnits: problem.physicalUnits?.slower(costFactor))
        } catch {
            throw Failure(.badData, "\(path): with costs times \(costFactor): \(error)")
        }
    }
}
