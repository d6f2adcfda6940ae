import ArgumentParser
import CostModel
import MIP
import Reporting
import Scheduling
import TensorGraph

/// `mlsys export PROBLEM --format lp`: the integer program, or a picture or trace of what was decided.
struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a problem or a schedule for other tools: as an integer program, a picture or a trace.",
        usage: """
            mlsys export PROBLEM --format lp|mps|mathprog|data [-o FILE]
                  [--legend FILE]
                  [--start FILE] [--level partition|recompute] [--with-cuts]
                  [--schedule FILE]
            mlsys export PROBLEM --format mst --schedule FILE
                  [--start-for cbc|gurobi|highs|scip] [-o FILE]
            mlsys export PROBLEM --format dot|mermaid [--schedule FILE] [--full]
                  [-o FILE]
            mlsys export PROBLEM --format trace --schedule FILE [--tiles] [-o FILE]
            mlsys export PROBLEM --format json|plan|loops|c --schedule FILE [-o FILE]
            """,
        discussion: """
            lp, mps, mathprog, data: the integer program. The file holds what models/README.md derives: a column for every step that can
            matter, and the rows cover (C1), supply (C2), handoff (C3), output (C4) and
            memory (C5). Steps that wait for each other (C6) are forbidden only as far as
            --with-cuts does it; without, the optimum of the file is a lower bound.
            --format data writes the data section for models/schedule.mod:
              glpsol -m models/schedule.mod -d FILE
            With --schedule, its steps are among the columns, and it is the start. mst is
            that start alone, by the names of the program that the same options make.
            mlsys decode makes a schedule of what a solver finds.

            dot, mermaid: the graph, with --schedule a cluster for each step. Tensors
            through slow memory are plain edges, retained ones thick, those inside a
            step dashed. Where there are more ops than Mermaid or a page of Graphviz takes,
            each step is one node, unless --full is given.

            trace: Chrome Trace Event JSON, for ui.perfetto.dev. One unit of time is one
            microsecond; steps, their compute and memory time and, with --tiles, their
            tiles are slices, and a counter shows what fast memory holds.

            json: the steps in the names of the model that the problem came from, for a
            compiler pass: ops, tiles, and the tensors that each keeps, loads and evicts
            (models/schema/named-schedule.schema.json).

            plan, loops, c: how a schedule runs, with an address for every buffer. plan is
            JSON and lists every iteration, loops is pseudo-code. c is a C99 program that
            runs the schedule beside a naive evaluation, compares the two and counts what
            it moves: cc -std=c99 -O2 FILE.c -lm && ./a.out
            """)

    @Argument(help: ArgumentHelp("The problem file.", valueName: "PROBLEM"), completion: .file())
    var problem: String

    @Option(
        help: """
            CPLEX LP, free MPS, GNU MathProg, data for models/schedule.mod, Graphviz DOT, Mermaid, Chrome trace, the \
            steps by name as JSON, a plan as JSON, its loops as pseudo-code, a C99 program, or a start for a solver.
            """)
    var format: ExportTarget

    @Option(
        help: ArgumentHelp("The schedule to show, run or start from.", valueName: "FILE"),
        completion: .file())
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

    @Option(help: "The solver that is to read the start: cbc unless told otherwise, gurobi with --format mst.")
    var startFor: MIPStartWriter.Format?

    @Flag(help: "Solve the program and add the cuts that it takes: supply cuts (C2) and order cuts (C6).")
    var withCuts = false

    @Option(help: "What finds the cuts: the library GLPK, or the executable cbc or highs on PATH.")
    var solver = SolverRegistry.glpk

    @Option(help: "Candidates at most; with more the program is not complete.")
    var candidates = CandidateEnumerator.Limits().candidates

    @Option(help: "Seconds for enumeration and cuts together.")
    var timeLimit: Double?

    @Option(help: "How deep a k-step may be: as deep as the hardware's native size, or as deep as the reduction.")
    var reductionCap = ReductionCap.native

    mutating func validate() throws {
        try ArgumentChecks.number("--candidates", candidates, least: 1)
        _ = try solver.makeSolver()
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
        guard !tiles, !full else {
            throw ValidationError("--tiles and --full have no place in --format \(format.rawValue).")
        }
        guard startFor == nil || start != nil else {
            throw ValidationError("--start-for says for whom --start is; --start FILE is missing.")
        }
        guard format.listsRows || !withCuts else {
            throw ValidationError("--with-cuts has no place in --format data, which lists no rows.")
        }
        guard format.listsRows || start == nil else {
            throw ValidationError("--start does not fit --format data; its columns are those of the other formats.")
        }
    }

    private func validatePicture() throws {
        guard format == .mst || startFor == nil else {
            throw ValidationError("--start-for has no place in --format \(format.rawValue).")
        }
        guard legend == nil, start == nil, !withCuts else {
            throw ValidationError(
                "--legend, --start and --with-cuts have no place in --format \(format.rawValue).")
        }
        guard !format.needsSchedule || schedule != nil else {
            throw ValidationError("--format \(format.rawValue) needs a schedule: --schedule FILE is missing.")
        }
        guard [.dot, .mermaid].contains(format) || !full else {
            throw ValidationError("--full is for dot and mermaid.")
        }
        guard format == .trace || !tiles else { throw ValidationError("--tiles needs --format trace.") }
    }

    func run() throws {
        let graph = try InputWatch.within(timeLimit, problem) { try ProblemFile.read(problem) }
        for file in [output, legend, start] {
            if let file { try OutputFile.check(file, isNot: problem) }
        }
        if let schedule {
            for file in [output, legend, start] {
                if let file { try OutputFile.check(file, isNot: schedule, named: "schedule file") }
            }
        }
        if let program = format.program {
            try write(program, of: graph)
        } else if format == .mst {
            try write(startText(try makeExport(graph), startFor ?? .gurobi))
        } else {
            try writePicture(of: graph)
        }
    }

    private func write(_ format: ExportFormat, of graph: Problem) throws {
        let export = try makeExport(graph)
        let startText = try start.map { _ in try self.startText(export, startFor ?? .cbc) }
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

    private func startText(_ export: ProgramExport, _ format: MIPStartWriter.Format) throws -> String {
        if let text = export.startText(format) { return text }
        throw Failure(
            .badData,
            schedule.map { "\($0): is not a point of the program at level \(level.rawValue)" }
                ?? "\(problem): no start is known at level \(level.rawValue); try --with-cuts, or leave out --start")
    }

    private func writePicture(of graph: Problem) throws {
        let evaluator = Evaluator(graph, reductionCap: reductionCap)
        let evaluated = try schedule.map { try EvaluatedSchedule($0, evaluator: evaluator) }
        let (text, omissions) =
            if format.isPlan, let evaluated {
                try PlanExport(target: format, problemPath: problem, problem: graph, schedule: evaluated).text()
            } else if format == .json, let evaluated {
                (try namedSchedule(evaluated, of: graph), [])
            } else {
                try PictureExport(
                    target: format, problemPath: problem, problem: graph, schedule: evaluated,
                    maximumTiles: tiles ? tileLimit : 0, isFull: full
                ).text()
            }
        try write(text)
        for omission in omissions { Console.error(omission) }
    }

    private func namedSchedule(_ evaluated: EvaluatedSchedule, of graph: Problem) throws -> String {
        try jsonLine(
            NamedSchedule(
                evaluated.schedule, evaluated.evaluation,
                traffic: ScheduleTraffic(evaluated.schedule, problem: graph), problem: graph,
                title: InputTitle.of(problem)))
    }

    private func write(_ text: String) throws {
        if let output { try writeAtomically(text, to: output) } else { try Console.write(text) }
    }

    private func makeExport(_ graph: Problem) throws -> ProgramExport {
        var options = ProgramExport.Options()
        options.level = level
        options.limits.candidates = candidates
        options.reductionCap = reductionCap
        options.schedule = try schedule.map {
            try EvaluatedSchedule($0, evaluator: Evaluator(graph, reductionCap: reductionCap)).schedule
        }
        let control = SolveControl(timeLimitSeconds: timeLimit)
        do {
            var export = try ProgramExport(graph, options: options) { control.shouldStop }
            if withCuts { try export.addCuts(solver: solver.makeSolver(), control: control) }
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
extension MIPStartWriter.Format: ExpressibleByArgument {}
