import ArgumentParser
import CostModel
import GLPKBackend
import MIP
import Scheduling
import TensorGraph

/// `mlsys export PROBLEM --format lp`: the integer program, or a picture or trace of what was decided.
struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a problem or a schedule for other tools: as an integer program, a picture or a trace.",
        usage: """
            mlsys export PROBLEM --format lp|mps|mathprog|data [-o FILE] [--legend FILE]
                  [--start FILE] [--level partition|recompute] [--with-cuts]
            mlsys export PROBLEM --format dot|mermaid [--schedule FILE] [--full] [-o FILE]
            mlsys export PROBLEM --format trace --schedule FILE [--tiles] [-o FILE]
            """,
        discussion: """
            lp, mps, mathprog, data: the integer program. The file holds what models/README.md derives: a column for every step that can
            matter, and the rows cover (C1), supply (C2), handoff (C3), output (C4) and
            memory (C5). Steps that wait for each other (C6) are forbidden only as far as
            --with-cuts does it; without, the optimum of the file is a lower bound.
            --format data writes the data section for models/schedule.mod:
              glpsol -m models/schedule.mod -d FILE

            dot, mermaid: the graph, with --schedule a cluster for each step. Tensors
            through slow memory are plain edges, retained ones thick, those inside a
            step dashed. Where there are more ops than Mermaid or a page of Graphviz takes,
            each step is one node, unless --full is given.

            trace: Chrome Trace Event JSON, for ui.perfetto.dev. One unit of time is one
            microsecond; steps, their compute and memory time and, with --tiles, their
            tiles are slices, and a counter shows what fast memory holds.
            """)

    @Argument(help: ArgumentHelp("The problem file.", valueName: "PROBLEM"), completion: .file())
    var problem: String

    @Option(
        help: """
            CPLEX LP, free MPS, GNU MathProg, data for models/schedule.mod, Graphviz DOT, Mermaid, or Chrome trace.
            """)
    var format: ExportTarget

    @Option(
        help: ArgumentHelp("The schedule to show, with dot, mermaid or trace.", valueName: "FILE"), completion: .file())
    var schedule: String?

    @Flag(help: "Show tiles in the trace.")
    var tiles = false

    @Flag(help: "Draw every op, however many there are.")
    var full = false

    @Option(help: "Tiles that the trace shows at most; of a step it shows all or none.")
    var tileLimit = 10_000

    @Option(help: "Whether an op is in exactly one step or may be recomputed.")
    var level = ScheduleFormulation.Level.recompute

    @Option(
        name: .shortAndLong, help: ArgumentHelp("The file to write; standard output by default.", valueName: "FILE"),
        completion: .file())
    var output: String?

    @Option(
        help: ArgumentHelp("Write what every name stands for, as JSON.", valueName: "FILE"), completion: .file())
    var legend: String?

    @Option(
        help: ArgumentHelp("Write the best schedule known as a start for CBC (-mips).", valueName: "FILE"),
        completion: .file())
    var start: String?

    @Flag(help: "Solve the program and add the cuts that it takes: supply cuts (C2) and order cuts (C6).")
    var withCuts = false

    @Option(help: "Candidates at most; with more the program is not complete.")
    var candidates = CandidateEnumerator.Limits().candidates

    @Option(help: "Seconds for enumeration and cuts together.")
    var timeLimit: Double?

    @Option(help: "How deep a k-step may be: as deep as the hardware's native size, or as deep as the reduction.")
    var reductionCap = ReductionCap.native

    mutating func validate() throws {
        try ArgumentChecks.number("--candidates", candidates, least: 1)
        try ArgumentChecks.number("--time-limit", timeLimit)
        try ArgumentChecks.number("--tile-limit", tileLimit, least: 1)
        try ArgumentChecks.inputs([("PROBLEM", problem), ("--schedule", schedule)])
        try ArgumentChecks.outputs([("-o", output ?? "-"), ("--legend", legend), ("--start", start)])
        if let program = format.program { try validate(program) } else { try validatePicture() }
        let files = [output, legend, start].compactMap { $0 }
        guard Set(files).count == files.count else {
            throw ValidationError("-o, --legend and --start have to be different files.")
        }
    }

    private func validate(_ format: ExportFormat) throws {
        guard schedule == nil, !tiles, !full else {
            throw ValidationError("--schedule, --tiles and --full have no place in --format \(format.rawValue).")
        }
        guard format.listsRows || !withCuts else {
            throw ValidationError("--with-cuts has no place in --format data, which lists no rows.")
        }
        guard format.listsRows || start == nil else {
            throw ValidationError("--start does not fit --format data; its columns are those of the other formats.")
        }
    }

    private func validatePicture() throws {
        guard legend == nil, start == nil, !withCuts else {
            throw ValidationError(
                "--legend, --start and --with-cuts have no place in --format \(format.rawValue).")
        }
        guard format != .trace || schedule != nil else {
            throw ValidationError("--format trace shows a schedule: --schedule FILE is missing.")
        }
        guard format != .trace || !full else { throw ValidationError("--full is for dot and mermaid.") }
        guard format == .trace || !tiles else { throw ValidationError("--tiles needs --format trace.") }
    }

    func run() throws {
        let graph = try ProblemFile.read(problem)
        for file in [output, legend, start] {
            if let file { try OutputFile.check(file, isNot: problem) }
        }
        if let program = format.program {
            try write(program, of: graph)
        } else {
            try writePicture(of: graph)
        }
    }

    private func write(_ format: ExportFormat, of graph: Problem) throws {
        let export = try makeExport(graph)
        let startText = export.startText()
        guard start == nil || startText != nil else {
            throw Failure(
                .badData,
                "\(problem): no start is known at level \(level.rawValue); try --with-cuts, or leave out --start")
        }
        if let legend { try writeAtomically(try export.legendText(), to: legend) }
        if let start, let startText { try writeAtomically(startText, to: start) }
        try write(export.text(format))
        for omission in export.candidates.omissions {
            Console.error("mlsys: \(problem): the program is not complete: \(omission)")
        }
        if let cuts = export.cuts, cuts.optimum == nil {
            Console.error("mlsys: \(problem): the search for cuts did not end; there may be more")
        }
    }

    private func writePicture(of graph: Problem) throws {
        if let schedule, let output { try OutputFile.check(output, isNot: schedule, named: "schedule file") }
        let evaluator = Evaluator(graph, reductionCap: reductionCap)
        let export = PictureExport(
            target: format, problemPath: problem, problem: graph,
            schedule: try schedule.map { try EvaluatedSchedule($0, evaluator: evaluator) },
            maximumTiles: tiles ? tileLimit : 0, isFull: full)
        let (text, omissions) = try export.text()
        try write(text)
        for omission in omissions { Console.error(omission) }
    }

    private func write(_ text: String) throws {
        if let output { try writeAtomically(text, to: output) } else { try Console.write(text) }
    }

    private func makeExport(_ graph: Problem) throws -> ProgramExport {
        var options = ProgramExport.Options()
        options.level = level
        options.limits.candidates = candidates
        options.reductionCap = reductionCap
        let control = SolveControl(timeLimitSeconds: timeLimit)
        do {
            var export = try ProgramExport(graph, options: options) { control.shouldStop }
            if withCuts { try export.addCuts(solver: GLPKSolver(), control: control) }
            return export
        } catch let error as InfeasibleOp {
            throw Failure(error, problemPath: problem)
        } catch let error as ProgramExport.TooLargeError {
            throw Failure(.badData, "\(problem): \(error)")
        } catch let error as MIPSolverError {
            throw Failure(.internalError, "internal error, nothing is written: \(error)")
        }
    }
}

extension ScheduleFormulation.Level: ExpressibleByArgument {}
