import ArgumentParser
import ProblemFamilies
import TensorGraph

/// `mlsys generate FAMILY`.
struct Generate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a problem from the shapes of a real model.",
        usage: """
            mlsys generate FAMILY [--ops N | --layers N] [--width N] [--rows N]
                  [--heads N] [--seed N] [--alike] [--hardware tight|medium|loose]
                  [-o PROBLEM]
            """,
        discussion: "Families:\n"
            + ProblemFamily.allCases.map { "  \($0.rawValue): \($0.summary)" }.joined(separator: "\n"))

    @Argument(help: ArgumentHelp("What to make.", valueName: "FAMILY"))
    var family: ProblemFamily

    @Option(help: "Ops aimed at; families made of blocks repeat whole blocks, at least one.")
    var ops = GeneratorOptions().ops

    @Option(help: "Blocks, exactly; instead of --ops.")
    var layers: Int?

    @Option(help: "Columns of the activations.")
    var width = GeneratorOptions().width

    @Option(help: "Rows of the activations.")
    var rows = GeneratorOptions().rows

    @Option(help: "Attention heads, or experts of a mixture.")
    var heads = GeneratorOptions().heads

    @Option(help: "Seed of everything random.")
    var seed = GeneratorOptions().seed

    @Flag(help: "Ops at the same place of every block cost the same.")
    var alike = false

    @Option(help: "How much fast memory and bandwidth there is.")
    var hardware = GeneratorOptions().hardware

    @Option(
        name: .shortAndLong, help: ArgumentHelp("The file to write; standard output by default.", valueName: "PROBLEM"),
        completion: .file())
    var output: String?

    mutating func validate() throws {
        if let layers, !(1...GeneratorOptions.largestLayerCount).contains(layers) {
            throw ValidationError(
                "--layers is \(layers); it must be between 1 and \(GeneratorOptions.largestLayerCount).")
        }
        for (name, value, largest) in [
            ("ops", ops, GeneratorOptions.largestOpCount), ("width", width, GeneratorOptions.largestSide),
            ("rows", rows, GeneratorOptions.largestSide), ("heads", heads, GeneratorOptions.largestHeadCount),
        ] where !(1...largest).contains(value) {
            throw ValidationError("--\(name) is \(value); it must be between 1 and \(largest).")
        }
        try ArgumentChecks.outputs([("-o", output)])
    }

    func run() throws {
        var options = GeneratorOptions()
        options.ops = ops
        options.layers = layers
        options.width = width
        options.rows = rows
        options.heads = heads
        options.seed = seed
        options.alike = alike
        options.hardware = hardware
        if let output { try OutputFile.check(output) }
        let problem = try generate(options)
        if let output {
            try ProblemFile.write(problem, to: output)
        } else {
            try Console.write(ProblemFile.text(of: problem))
        }
    }

    private func generate(_ options: GeneratorOptions) throws -> Problem {
        do throws(ProblemError) {
            return try family.problem(options)
        } catch {
            throw ValidationError("Such a problem cannot be: \(error).")
        }
    }
}

extension ProblemFamily: ExpressibleByArgument {}
extension HardwareProfile: ExpressibleByArgument {}
