import CostModel
import Foundation
import MIP
import TensorGraph
import TestSupport
import Testing

@testable import Scheduling

@Suite("Schedules of solutions of exported programs")
struct SolutionDecoderTests {
    private func example(_ name: String) throws -> ExportCase {
        try #require((ExportCase.examples + ExportCase.own).first { $0.name == name })
    }

    /// As Gurobi writes a solution, which is the plainest form.
    private func named(_ values: [(name: String, value: Double)]) throws -> MIPSolutionFile {
        try MIPSolutionFile("# Objective value = 0\n" + values.map { "\($0.name) \($0.value)\n" }.joined())
    }

    /// As `glpsol -w` writes one: columns by number.
    private func numbered(_ values: [Double]) throws -> MIPSolutionFile {
        let lines = values.enumerated().map { "j \($0.offset + 1) \($0.element)\n" }.joined()
        return try MIPSolutionFile("s mip 0 \(values.count) o 0\n" + lines + "e o f\n")
    }

    private func decoder(_ export: ProgramExport) throws -> SolutionDecoder {
        try SolutionDecoder(legend: Data(export.legendText().utf8), problem: export.problem)
    }

    @Test(
        "The start of a program is the schedule that it says, at its latency, by name and by number",
        arguments: ExportCase.examples + ExportCase.own)
    func starts(_ example: ExportCase) throws {
        for level in ScheduleFormulation.Level.allCases {
            let export = try example.export(level)
            // Without recomputation the list scheduler's schedule may be none of those that are allowed.
            guard let start = export.start else { continue }
            let model = export.formulation.model
            let cost = zip(model.columns, start).reduce(0) { $0 + $1.0.objective * $1.1 }
            let values = zip(NameTable(model).columns, start).map { (name: $0, value: $1) }
            let decoder = try decoder(export)
            // Solvers leave out zeros, and are content with nearly whole numbers.
            let nearly = values.filter { $0.value != 0 }.map { (name: $0.name, value: $0.value - 1e-7) }
            for file in try [named(values), named(nearly), numbered(start)] {
                let schedule = try decoder.schedule(from: file)
                let evaluation = try Evaluator(export.problem).evaluate(schedule)
                #expect(agree(evaluation.totalLatency, cost + model.objectiveConstant), "\(level)")
            }
        }
    }

    @Test("Values that break a row, strangers, and files without a point are refused")
    func faults() throws {
        let export = try example("crossed").export()
        let decoder = try decoder(export)
        let start = try #require(export.start)
        func fault(_ file: MIPSolutionFile) -> String {
            do {
                _ = try decoder.schedule(from: file)
                return "none"
            } catch let fault as DecodingFault {
                #expect(fault.subject == .solution)
                return fault.description
            } catch {
                return "\(error)"
            }
        }
        let nothing = Array(repeating: 0.0, count: start.count)
        #expect(try fault(numbered(nothing)).hasPrefix("breaks the program: "))
        // Half of every step covers every op, and is no schedule.
        #expect(try fault(numbered(start.map { $0 / 2 })).hasPrefix("breaks the program: "))
        #expect(
            try fault(numbered(start + [0]))
                == "has values for \(start.count + 1) columns, the model has \(start.count)")
        #expect(
            try fault(named([("x0", 1), ("nobody", 1)])).hasPrefix("names column nobody, which the legend")
                || fault(named([("nobody", 1)])) == "names column nobody, which the legend does not have")
        #expect(
            try fault(MIPSolutionFile("Infeasible - objective value 0\n"))
                == "holds no point: the solver says infeasible")
    }

    @Test("Steps that wait for each other are named in a ring")
    func ring() throws {
        let export = try example("crossed").export()
        let names = NameTable(export.formulation.model).columns
        func step(_ ops: [Int]) throws -> String {
            let index = export.formulation.candidateOfColumn.firstIndex {
                export.candidates.candidates[$0].ops.map(\.index) == ops
            }
            return names[try #require(index)]
        }
        let chosen = try [step([0, 2]), step([1, 3]), "stored_t4", "stored_t5"].map { (name: $0, value: 1.0) }
        let fault = #expect(throws: DecodingFault.self) { try decoder(export).schedule(from: named(chosen)) }
        #expect(
            fault?.description
                == "has steps that cannot be ordered: the step of ops 0, 2 needs tensor 5 of the step of ops 1, 3, which "
                + "needs tensor 4 of the step of ops 0, 2; export the program again --with-cuts, which forbids this, and "
                + "solve that")
    }

    @Test("A legend that is damaged, or another problem's, is told to be that")
    func legends() throws {
        let export = try example("crossed").export()
        let sound = try #require(
            JSONSerialization.jsonObject(with: Data(export.legendText().utf8)) as? [String: Any])
        let columns = try #require(sound["columns"] as? [[String: Any]])
        func fault(_ change: (inout [String: Any], inout [[String: Any]]) -> Void) throws -> String? {
            var (legend, changed) = (sound, columns)
            change(&legend, &changed)
            legend["columns"] = changed
            do {
                _ = try SolutionDecoder(legend: JSONSerialization.data(withJSONObject: legend), problem: export.problem)
                return nil
            } catch let fault as DecodingFault {
                #expect(fault.subject == .legend && !fault.description.contains("\n"))
                return fault.description
            }
        }
        let first = try #require(columns[0]["name"] as? String)
        #expect(try fault { _, _ in } == nil)
        #expect(try fault { legend, _ in legend["level"] = "none" } == "has level none, which is not known")
        #expect(try fault { legend, _ in legend["level"] = 1 } == "is no legend of an exported program")
        let changes: [(key: String, value: Any, message: String)] = [
            ("granularity", [1, 2], "has no granularity of three numbers, each at least 1"),
            ("granularity", [1, 0, 1], "has no granularity of three numbers, each at least 1"),
            ("order", "sideways", "has a tile order that is not known"),
            ("retained", [99], "names a tensor that the problem does not have"),
            ("resident", [-1], "names a tensor that the problem does not have"),
            ("latency", -1.0, "has latency -1.0"),
        ]
        for change in changes {
            let found = try fault { _, columns in columns[0][change.key] = change.value }
            #expect(found == "column \(first) \(change.message)")
        }
        for ops in [[99], [], [0, 0]] {
            let found = try fault { _, columns in columns[0]["ops"] = ops }
            #expect(found?.hasPrefix("column \(first) is no step of the problem: ") == true, "\(found ?? "none")")
        }
        #expect(
            try fault { _, columns in columns.append(columns[0]) }
                == "has column \(first), a step, behind one that is none")
        #expect(
            try fault { _, columns in columns.removeAll { $0["ops"] == nil } }
                == "lacks the column of a tensor that its steps read")
    }
}
