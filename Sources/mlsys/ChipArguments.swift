import ArgumentParser
import Foundation
import ModelImport
import TensorGraph

/// What commands that read a chip have in common.
enum ChipArguments {
    /// Reads the one hardware file among these values and applies the others, which are changes.
    ///
    /// - Throws: ``FileError`` for a file that is none.
    static func read(_ values: [String]) throws -> ChipDescription? {
        let changes = values.filter(isChange).compactMap(pair)
        return try values.first { !isChange($0) }.map { try ChipDescription.read($0, changes: changes) }
    }

    /// - Throws: `ValidationError` unless one of these values is a file.
    static func check(_ values: [String]) throws {
        if values.contains("") { throw ValidationError("The path for --hardware is empty.") }
        guard values.count(where: { !isChange($0) }) == 1 else {
            throw ValidationError("--hardware needs one file; other values are changes to it, such as clock_hz=1e9.")
        }
    }

    /// True for `KEY=VALUE`, a change to the chip, rather than a file.
    static func isChange(_ text: String) -> Bool {
        text.contains("=") && !FileManager.default.fileExists(atPath: text)
    }

    /// The two sides of `KEY=VALUE`.
    static func pair(_ text: String) -> (key: String, value: String)? {
        guard let equals = text.firstIndex(of: "="), equals > text.startIndex else { return nil }
        return (String(text[..<equals]), String(text[text.index(after: equals)...]))
    }

    /// - Throws: `ValidationError` for what is not `NAME=LENGTH`.
    static func checkDimensions(_ dimensions: [String]) throws {
        for text in dimensions {
            guard let (_, value) = pair(text), let length = Int(value), (1...1 << 40).contains(length) else {
                throw ValidationError("--dim \(text) is not NAME=LENGTH with a positive length.")
            }
        }
    }
}

/// `--hardware` of commands that show a schedule in physical units.
struct UnitOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            The chip whose microseconds, bytes and peak are shown, a hardware file, and changes to it such as \
            clock_hz=1e9; may be repeated. A problem that mlsys import made knows its own.
            """, valueName: "FILE|KEY=VALUE"),
        completion: .file(extensions: ["json"]))
    var hardware: [String] = []

    mutating func validate() throws {
        if !hardware.isEmpty { try ChipArguments.check(hardware) }
    }

    /// The problem with the units of the chip that was named, else with its own.
    ///
    /// - Throws: ``FileError`` for a file that is no hardware file.
    func apply(to problem: Problem) throws -> Problem {
        guard let chip = try ChipArguments.read(hardware) else { return problem }
        let (its, own) = (chip.hardware, problem.hardware)
        let differences = [
            (its.fastMemoryCapacity != own.fastMemoryCapacity, "fast memory"),
            (its.slowMemoryBandwidth != own.slowMemoryBandwidth, "bandwidth"),
            (its.nativeWidth != own.nativeWidth || its.nativeHeight != own.nativeHeight, "native tile"),
        ].filter(\.0).map(\.1)
        if !differences.isEmpty {
            Console.error(
                "mlsys: --hardware: \(chip.name) has another \(differences.joined(separator: ", ")) than the problem; "
                    + "only its clock, bytes and multiply-adds are used")
        }
        return try problem.measured(in: chip.physicalUnits)
    }
}
