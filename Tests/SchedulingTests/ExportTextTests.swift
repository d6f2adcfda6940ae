import CostModel
import Foundation
import GLPKBackend
import MIP
import SolverTestSupport
import TensorGraph
import TestSupport
import Testing

@testable import Scheduling

@Suite("Names, legend and heading of exported programs")
struct ExportTextTests {
    private struct Legend: Decodable {
        struct Entry: Decodable {
            let name: String
            let meaning: String
            let constraint: String?
            let ops: [Int]?
            let latency: Double?
            let workingSet: Double?
            let evicts: [Int]?
            let reads: [Int]?
        }
        let level: String
        let complete: Bool
        let omissions: [String]
        let order: String
        let columns: [Entry]
        let rows: [Entry]
    }

    private func legend(_ export: ProgramExport) throws -> Legend {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Legend.self, from: Data(export.legendText().utf8))
    }

    @Test("The legend names every column and row of the file, once", arguments: ExportCase.examples)
    func legendIsComplete(_ example: ExportCase) throws {
        for level in ScheduleFormulation.Level.allCases {
            let export = try example.export(level)
            let names = NameTable(export.formulation.model)
            let legend = try legend(export)
            #expect(legend.level == level.rawValue && legend.complete && legend.omissions.isEmpty)
            #expect(legend.columns.map(\.name) == names.columns)
            #expect(legend.rows.map(\.name) == names.rows)
            for (entry, column) in zip(legend.columns, export.formulation.model.columns) where entry.ops != nil {
                #expect(entry.latency == column.objective)
                #expect(entry.name.contains("_o"))
            }
            let prefixes = [
                "cover": "C1", "first": "C1'", "supply": "C2", "store": "C2", "handoff": "C3", "output": "C4",
                "memory": "C5",
            ]
            for entry in legend.rows {
                #expect(prefixes[String(entry.name.prefix { $0 != "_" })] == entry.constraint, "\(entry.name)")
            }
        }
    }

    @Test("The files of the worked examples are what is written today", arguments: ExportCase.examples)
    func goldenFiles(_ example: ExportCase) throws {
        let export = try example.export()
        let folder = URL(fileURLWithPath: example.path).deletingLastPathComponent()
        for (file, text) in [
            ("model.lp", export.text(.lp)), ("data.dat", export.text(.data)), ("legend.json", try export.legendText()),
        ] {
            let committed = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
            #expect(
                text == committed,
                "\(example.name)/\(file) differs; if that is meant, run models/regenerate.sh and commit")
        }
    }

    @Test(
        "Names stay safe and different where columns hold many ops and tensors",
        .enabled(if: ExternalSolver.glpsol.isInstalled, ExportSolverTests.glpsolIsMissing))
    func longNames() throws {
        var graph = GraphBuilder()
        let many = graph.pointwise([graph.tensor(8, 8)], outputs: 40, cost: 1)
        _ = graph.pointwise(many, cost: 1)
        _ = graph.pointwise(Array(many.dropLast()), cost: 1)
        let problem = try graph.problem(capacity: 10000)
        let set = many.map(\.index)
        // Two sets whose names are alike up to where they are cut.
        let schedule = Schedule(steps: [
            Step([0], (8, 8, 1), keeping: set), Step([1], (8, 8, 1)),
            Step([0], (8, 8, 1), keeping: Array(set.dropLast())), Step([2], (8, 8, 1)),
        ])
        let evaluation = try Evaluator(problem).evaluate(schedule)
        var candidates = CandidateSet()
        let chosen = candidates.include(
            try Candidate.steps(of: schedule, latencies: evaluation.latencies, problem: problem, isBest: true))
        let export = try ProgramExport(problem, candidates: candidates, chosen: chosen, level: .recompute)
        let names = NameTable(export.formulation.model)
        #expect(names.columns.allSatisfy { NameTable.safe($0) == $0 && $0.utf8.count <= NameTable.longestName })
        #expect(Set(names.columns + names.rows).count == names.columns.count + names.rows.count)
        #expect(try legend(export).columns.map(\.name) == names.columns)
        let wanted = ExternalSolver.Outcome.optimum(evaluation.totalLatency)
        try withTemporaryFolder { folder in
            for format in ExportFormat.allCases {
                try Data(export.text(format).utf8).write(to: folder.appendingPathComponent(format.rawValue))
            }
            let model = ExternalFiles.packageRoot.appendingPathComponent("models/schedule.mod").path
            for arguments in [
                ["--lp", "lp"], ["--freemps", "mps"], ["-m", "mathprog"], ["-m", model, "-d", "data"],
            ] {
                let found = try ExternalSolver.glpsol(arguments, in: folder)
                #expect(found.agrees(with: wanted), "\(arguments): \(found)")
            }
        }
    }

    @Test("An incomplete enumeration says so in every format and in the legend, and the program stays feasible")
    func incompleteness() throws {
        let problem = try #require(ExportCase.examples.first { $0.name == "matmul-pointwise" }).problem()
        for limit in [1, 5, 20] {
            var options = ProgramExport.Options()
            options.limits.candidates = limit
            var export = try ProgramExport(problem, options: options)
            #expect(!export.isComplete)
            for format in ExportFormat.allCases {
                let text = export.text(format)
                #expect(text.contains("the steps are all that can matter: no"), "\(format)")
                #expect(text.contains("left out: "), "\(format)")
                let heading = text.split(separator: "\n").prefix { $0.hasPrefix(format.commentMark) }
                #expect(heading.allSatisfy { $0.count <= 110 })
            }
            let legend = try legend(export)
            #expect(!legend.complete && !legend.omissions.isEmpty)
            try export.addCuts(solver: GLPKSolver(), control: SolveControl())
            #expect(try #require(export.cuts?.optimum) >= 6553)
        }
    }

    @Test("The export is the same for any number of cores")
    func threads() throws {
        let problem = try #require(ExportCase.examples.first { $0.name == "matmul-pointwise" }).problem()
        var options = ProgramExport.Options()
        options.threads = 1
        let one = try ProgramExport(problem, options: options)
        options.threads = 2
        let two = try ProgramExport(problem, options: options)
        #expect(one.text(.lp) == two.text(.lp))
        #expect(one.text(.data) == two.text(.data))
    }
}
