import Foundation
import MIP
import SolverTestSupport
import Testing

/// What other readers make of the files: the same optimum, or the tests are skipped where the tools are missing.
@Suite final class WriterToolTests {
    typealias Outcome = ExternalSolver.Outcome

    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("mip-writers-\(UUID())")

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func file(_ name: String, _ text: String) throws {
        try text.write(to: folder.appendingPathComponent(name), atomically: false, encoding: .utf8)
    }

    private func glpsol(_ option: String, _ name: String) throws -> Outcome {
        try ExternalSolver.glpsol([option, name], in: folder)
    }

    private func cbc(_ name: String, _ more: [String] = []) throws -> (Outcome, String) {
        try ExternalSolver.cbc([name] + more, in: folder)
    }

    private func models() throws -> [(MIPModel, Outcome)] {
        var result: [(MIPModel, Outcome)] = []
        for seed in 0..<24 as Range<UInt64> {
            let model = try SampleModels.integers(seed: seed)
            result.append((model, try outcome(of: model)))
        }
        for seed in 0..<4 as Range<UInt64> {
            let model = try SampleModels.cover(items: 7, columns: 14, exactly: seed % 2 == 0, seed: seed)
            result.append((model, try outcome(of: model)))
        }
        return result + [try mixed(.minimise), try mixed(.maximise), (try noColumns(), .optimum(2.5))]
    }

    private func outcome(of model: MIPModel) throws -> Outcome {
        let solved = try BruteForceMIPSolver().solve(model)
        return solved.incumbent.map { .optimum($0.objective) } ?? .infeasible
    }

    /// Every kind of bound, row and name that there is.
    private func mixed(_ sense: ObjectiveSense) throws -> (MIPModel, Outcome) {
        var model = MIPModel(name: "every kind \u{e9}", sense: sense)
        try model.setObjectiveConstant(-10.125)
        let sign = sense.sign
        let free = try model.addColumn(Column("free", .free, objective: sign))
        let third = try model.addColumn(Column("3rd [a,b]", .range(-1, 2), objective: sign / 3))
        let below = try model.addColumn(Column("e5", .atMost(-2), objective: -sign, integrality: .integer))
        let fixed = try model.addColumn(Column("fixed", .equal(1.5), objective: sign * 2))
        let on = try model.addColumn(Column("Free", .equal(1), objective: sign, integrality: .binary))
        let off = try model.addColumn(Column("", .unit, objective: sign, integrality: .binary))
        try model.addColumn(Column("unused", .range(-4, 4), objective: 0))
        try model.addRow(Row("r", 1 * free + 1 * third + 1 * off, .atLeast(-4)))
        try model.addRow(Row("r", 1 * free - 1 * below, .range(-30, 1.0 / 3)))
        try model.addRow(Row("free", 1 * free, .free))
        try model.addRow(Row("inexact width", 3 * third, .range(0.1, 1e9 + 0.7)))
        try model.addRow(Row("nothing", [Term](), .atMost(1)))
        try model.addRow(Row("equal", 1 * fixed + 1 * on, .equal(2.5)))
        // Minimum of free + third/3 - below + off + ...: the first row at -4 with third at its upper end, 2, and off at
        // 1 is a tie with off at 0: free = -4 - third - off. Then below >= free - 1/3 and below <= -2; -below wants it
        // large: -2. free - third weighs 1 against 1/3, so third = 2: free = -6, and -2 <= 1/3 + ... holds.
        return (model, .optimum(sign * (-6 + 2.0 / 3 + 2 + 3 + 1) - 10.125))
    }

    private func noColumns() throws -> MIPModel {
        var model = MIPModel(name: "")
        try model.setObjectiveConstant(2.5)
        try model.addRow(Row("fine", [Term](), .range(-1, 1)))
        return model
    }

    @Test(.enabled(if: ExternalSolver.glpsol.isInstalled, "glpsol is not installed"))
    func glpsolReadsAllThreeFormats() throws {
        for (index, (model, wanted)) in try models().enumerated() {
            try file("g\(index).lp", LPWriter(model).text())
            try file("g\(index).mps", MPSWriter(model).text())
            try file("g\(index).mod", MathProgWriter(model).text())
            let lp = try glpsol("--lp", "g\(index).lp")
            #expect(lp.agrees(with: wanted), "\(model.name): LP \(lp) instead of \(wanted)")
            let mps = negated(try glpsol("--freemps", "g\(index).mps"), if: model.sense == .maximise)
            #expect(mps.agrees(with: wanted), "\(model.name): MPS \(mps) instead of \(wanted)")
            let mathProg = try glpsol("-m", "g\(index).mod")
            #expect(mathProg.agrees(with: wanted), "\(model.name): MathProg \(mathProg) instead of \(wanted)")
        }
    }

    @Test(.enabled(if: ExternalSolver.cbc.isInstalled, "cbc is not installed"))
    func cbcReadsLPAndMPS() throws {
        for (index, (model, wanted)) in try models().enumerated() {
            try file("c\(index).lp", LPWriter(model).text())
            try file("c\(index).mps", MPSWriter(model).text())
            // CBC reports maxima of LP files with the sign turned.
            let (lp, _) = try cbc("c\(index).lp")
            #expect(
                lp.agrees(with: wanted) || negated(lp, if: model.sense == .maximise).agrees(with: wanted),
                "\(model.name): LP \(lp) instead of \(wanted)")
            let mps = negated(try cbc("c\(index).mps").0, if: model.sense == .maximise)
            #expect(mps.agrees(with: wanted), "\(model.name): MPS \(mps) instead of \(wanted)")
        }
    }

    @Test(.enabled(if: ExternalSolver.cbc.isInstalled, "cbc is not installed"))
    func cbcTakesTheStart() throws {
        let model = try SampleModels.cover(items: 7, columns: 14, exactly: true, seed: 3)
        let start = model.columns.indices.map { $0 < 7 ? 1.0 : 0 }
        try file("start.lp", LPWriter(model).text())
        try file("start.sol", try MIPStartWriter(start, of: model).text())
        let (outcome, log) = try cbc("start.lp", ["-mips", "start.sol"])
        #expect(outcome.agrees(with: try self.outcome(of: model)))
        let cost = Int(model.objective(at: start))
        #expect(log.contains("MIPStart provided solution with cost \(cost)"), "\(log)")
    }

    private func negated(_ outcome: Outcome, if condition: Bool) -> Outcome {
        guard condition, case .optimum(let value) = outcome else { return outcome }
        return .optimum(-value)
    }
}
