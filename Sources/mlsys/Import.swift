import ArgumentParser
import Foundation
import ModelImport
import Reporting
import TensorGraph

/// `mlsys import MODEL`.
struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a problem from an ONNX model and a chip.",
        usage: """
            mlsys import MODEL --hardware FILE|KEY=VALUE ... [--dim NAME=LENGTH ...]
                  [--approximate | --strict] [-o PROBLEM] [--json]
            """,
        discussion: """
            Every operator of the model becomes ops on matrices where it can be said
            exactly. What cannot is approximated, or becomes a boundary: the node is left
            out, what it reads becomes a graph output, what it writes a graph input. The
            table says what became of each kind of node, and why.
            """)

    @Argument(
        help: ArgumentHelp("The model; - is standard input.", valueName: "MODEL"),
        completion: .file(extensions: ["onnx"]))
    var model: String

    @Option(
        help: ArgumentHelp(
            "A hardware file, and changes to it such as fast_memory_bytes=262144; may be repeated.",
            valueName: "FILE|KEY=VALUE"),
        completion: .file(extensions: ["json"]))
    var hardware: [String]

    @Option(
        name: .customLong("dim"),
        help: ArgumentHelp("The length of a symbolic dimension; may be repeated.", valueName: "NAME=LENGTH"))
    var dimensions: [String] = []

    @Flag(exclusivity: .exclusive, help: "Approximate what cannot be said exactly, or refuse to.")
    var exactness = ImportExactness.approximate

    @Option(
        name: .shortAndLong, help: ArgumentHelp("The problem file to write.", valueName: "PROBLEM"),
        completion: .file())
    var output: String?

    @Flag(help: "Print one line of JSON instead of a table.")
    var json = false

    mutating func validate() throws {
        try ArgumentChecks.inputs([("MODEL", model)])
        try ArgumentChecks.outputs([("-o", output)])
        try ChipArguments.check(hardware)
        try ChipArguments.checkDimensions(dimensions)
    }

    func run() throws {
        if let output { try OutputFile.check(output, isNot: model, named: "model") }
        guard let chip = try ChipArguments.read(hardware) else { return }
        var options = ImportOptions()
        options.isStrict = exactness == .strict
        for (name, value) in dimensions.compactMap(ChipArguments.pair) { options.dimensions[name] = Int(value) }
        let start = ContinuousClock.now
        let imported = try ModelImporter(chip: chip, options: options).read(model)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        if let output { try ProblemFile.write(imported.problem, to: output) }
        let report = ImportReport(imported, model: model, problem: output, seconds: seconds)
        try Console.write(
            json ? jsonLine(report) : ImportTable(report, chip: chip, width: Terminal.width).text, besides: output)
    }
}

/// Whether approximations are allowed.
enum ImportExactness: String, EnumerableFlag {
    case approximate, strict
}
