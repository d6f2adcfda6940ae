import Foundation
import GLPKBackend
import MIP
import Scheduling
import SolverTestSupport
import Synchronization
import TestSupport
import Testing

/// Solvers of their own reach our optimum on what we export; a test is skipped where its solver is missing.
@Suite("Exported programs, solved by glpsol and CBC")
struct ExportSolverTests {
    typealias Outcome = ExternalSolver.Outcome

    static let glpsolIsMissing: Comment = "glpsol is not installed (Debian: glpk-utils)"
    static let cbcIsMissing: Comment = "cbc is not installed (Debian: coinor-cbc)"

    @Test(.enabled(if: ExternalSolver.glpsol.isInstalled, glpsolIsMissing), arguments: ExportCase.all)
    func glpsolReachesOurOptimum(_ example: ExportCase) throws {
        let solved = try SolvedCase.find(example, .recompute)
        #expect(solved.plain.isComplete)
        try solved.withFiles { folder in
            for arguments in [
                ["--lp", "program.lp"], ["--freemps", "program.mps"], ["-m", "program.mathprog"],
                ["-m", SolvedCase.model, "-d", "program.data"],
            ] {
                let found = try ExternalSolver.glpsol(arguments, in: folder)
                #expect(found.agrees(with: solved.wanted), "\(arguments): \(found), not \(solved.wanted)")
            }
        }
    }

    @Test(.enabled(if: ExternalSolver.cbc.isInstalled, cbcIsMissing), arguments: ExportCase.all)
    func cbcReachesOurOptimum(_ example: ExportCase) throws {
        let solved = try SolvedCase.find(example, .recompute)
        try solved.withFiles { folder in
            for name in ["program.lp", "program.mps"] {
                let found = try ExternalSolver.cbc([name], in: folder).outcome
                #expect(found.agrees(with: solved.wanted), "\(name): \(found), not \(solved.wanted)")
            }
        }
    }

    @Test(
        "glpsol reaches the optimum without recomputation",
        .enabled(if: ExternalSolver.glpsol.isInstalled, glpsolIsMissing),
        arguments: ExportCase.examples + ExportCase.own.prefix(3))
    func glpsolPartitions(_ example: ExportCase) throws {
        let solved = try SolvedCase.find(example, .partition)
        try solved.withFiles { folder in
            for arguments in [["--lp", "program.lp"], ["-m", SolvedCase.model, "-d", "program.data"]] {
                let found = try ExternalSolver.glpsol(arguments, in: folder)
                #expect(found.agrees(with: solved.wanted), "\(arguments): \(found), not \(solved.wanted)")
            }
        }
    }

    @Test(
        "CBC reaches the optimum without recomputation", .enabled(if: ExternalSolver.cbc.isInstalled, cbcIsMissing),
        arguments: ExportCase.examples + ExportCase.own.prefix(3))
    func cbcPartitions(_ example: ExportCase) throws {
        let solved = try SolvedCase.find(example, .partition)
        try solved.withFiles { folder in
            let found = try ExternalSolver.cbc(["program.lp"], in: folder).outcome
            #expect(found.agrees(with: solved.wanted), "\(found), not \(solved.wanted)")
        }
    }

    @Test("Without order cuts the optimum of the crossed example is too low, with them it is right")
    func orderMatters() throws {
        let crossed = try #require(ExportCase.examples.first { $0.name == "crossed" })
        for level in ScheduleFormulation.Level.allCases {
            let solved = try SolvedCase.find(crossed, level)
            // Where ops may be recomputed the rows C2' forbid the ring by themselves.
            let cuts = try #require(solved.withCuts.cuts)
            #expect(level == .partition ? cuts.orderCuts > 0 : cuts.reachRows > 0)
            let plain = try #require(try GLPKSolver().solve(solved.plain.formulation.model).incumbent)
            #expect(Outcome.optimum(plain.objective).agrees(with: .optimum(26214.4)))
            let cut = try #require(try GLPKSolver().solve(solved.withCuts.formulation.model).incumbent)
            #expect(Outcome.optimum(cut.objective).agrees(with: solved.wanted))
            #expect(solved.wanted.agrees(with: .optimum(29491.2)))
        }
    }

    @Test(.enabled(if: ExternalSolver.cbc.isInstalled, cbcIsMissing), arguments: ExportCase.examples)
    func cbcTakesTheStart(_ example: ExportCase) throws {
        let export = try example.export()
        let start = try #require(export.start)
        let cost = export.formulation.model.objective(at: start)
        try withTemporaryFolder { folder in
            try Data(export.text(.lp).utf8).write(to: folder.appendingPathComponent("program.lp"))
            let text = try #require(export.startText())
            try Data(text.utf8).write(to: folder.appendingPathComponent("start.mst"))
            let (outcome, log) = try ExternalSolver.cbc(["program.lp", "-mips", "start.mst"], in: folder)
            #expect(log.contains("MIPStart provided solution with cost \(Int(cost))"), "\(log)")
            guard case .optimum(let optimum) = outcome else {
                Issue.record("\(outcome)")
                return
            }
            #expect(optimum <= cost * (1 + 1e-9))
        }
    }
}

/// A case with the optimum that the exact scheduler proves, and the program that it proves it for.
struct SolvedCase {
    let optimum: Double
    let steps: Int
    let plain: ProgramExport
    let withCuts: ProgramExport

    var wanted: ExternalSolver.Outcome { .optimum(optimum) }

    static let model = ExternalFiles.packageRoot.appendingPathComponent("models/schedule.mod").path
    private static let known = Mutex<[String: SolvedCase]>([:])

    /// Solves a case, once for all tests.
    static func find(_ example: ExportCase, _ level: ScheduleFormulation.Level) throws -> SolvedCase {
        try known.withLock { known in
            let key = example.path + level.rawValue
            if let found = known[key] { return found }
            let solved = try SolvedCase(example, level)
            known[key] = solved
            return solved
        }
    }

    private init(_ example: ExportCase, _ level: ScheduleFormulation.Level) throws {
        var exact = Scheduler.Options(.exact)
        exact.level = level
        exact.engine = level == .recompute ? .both : .program
        let result = try Scheduler(example.problem(), solver: GLPKSolver(), options: exact)
            .schedule(control: SolveControl())
        try #require(result.ending == .proven)
        optimum = result.incumbent.latency
        steps = result.incumbent.schedule.steps.count
        plain = try example.export(level)
        var cut = plain
        try cut.addCuts(solver: GLPKSolver(), control: SolveControl())
        withCuts = cut
        let proven = try #require(cut.cuts?.optimum)
        try #require(ExternalSolver.Outcome.optimum(proven).agrees(with: .optimum(optimum)))
    }

    /// Runs the body in a folder with the program in every format: those that list rows with cuts, the data without.
    func withFiles(_ body: (URL) throws -> Void) throws {
        try withTemporaryFolder { folder in
            for format in ExportFormat.allCases {
                var text = (format.listsRows ? withCuts : plain).text(format)
                if format == .data, withCuts.cuts?.orderCuts != 0 {
                    // Where the order matters, the model is told how many steps there are.
                    text = text.replacing("\ndata;\n", with: "\ndata;\nparam slots := \(steps);\n")
                }
                try Data(text.utf8).write(to: folder.appendingPathComponent("program.\(format.rawValue)"))
            }
            try body(folder)
        }
    }
}
