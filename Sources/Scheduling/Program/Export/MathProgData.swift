import CostModel
import MIP
import TensorGraph

/// Writes the data section for `models/schedule.mod`.
///
/// It holds ops, hardware and candidates; what a step reads and evicts is left to the model. Steps have the names that
/// their columns have in the other formats, and sets handed over those of their rows.
struct MathProgData {
    private let export: ProgramExport
    private let columnNames: [String]
    private var handOffNames: [[TensorID]: String] = [:]
    private var formulation: ScheduleFormulation { export.formulation }
    private var problem: Problem { export.problem }

    /// Prepares to write the program's data.
    init(_ export: ProgramExport) {
        self.export = export
        let names = NameTable(export.formulation.model)
        columnNames = names.columns
        for (row, name) in zip(export.formulation.rows, names.rows) {
            if case .handOff(let set) = row { handOffNames[set] = name }
        }
    }

    /// The whole file.
    func text() -> String {
        let hardware = problem.hardware
        var lines = [
            "data;",
            "param partition := \(formulation.level == .partition ? 1 : 0);",
            "param capacity := \(hardware.fastMemoryCapacity);",
            "set OPS := \(list(problem.opIDs.map { "o\($0)" }));",
            "set TENSORS := \(list(problem.tensors.indices.map { "t\($0)" }));",
        ]
        for op in problem.opIDs {
            lines.append("set inputs[o\(op)] := \(list(problem[op].inputs));")
            lines.append("set outputs[o\(op)] := \(list(problem[op].outputs));")
        }
        let handOffs = formulation.columns.handOffs.dropFirst()
        lines.append("set HANDOVERS := \(list(handOffs.map(name)));")
        for set in handOffs { lines.append("set handed[\(name(set))] := \(list(set));") }
        lines += steps()
        lines += ["end;", ""]
        return lines.joined(separator: "\n")
    }

    private func steps() -> [String] {
        let columns = formulation.candidateOfColumn.enumerated().map { index, candidate in
            (name: columnNames[index], candidate: export.candidates.candidates[candidate], index: index)
        }
        var lines = ["set STEPS :="] + columns.map { "  \($0.name)" } + [";"]
        lines += columns.map { "set ops[\($0.name)] := \(list($0.candidate.ops.map { "o\($0)" }));" }
        lines += ["param: latency working_set most :="]
        lines += columns.map { name, candidate, index in
            let most = Int(formulation.model.columns[index].bounds.upper)
            let held = export.workingSet(of: candidate).map { "\(Int($0))" } ?? "."
            return "  \(name) \(number(candidate.latency)) \(held) \(most)"
        }
        lines += [";", "param takes :="]
        lines += columns.filter { !$0.candidate.resident.isEmpty }.map { "  \($0.name) \(name($0.candidate.resident))" }
        lines += [";", "param gives :="]
        lines += columns.filter { !$0.candidate.retained.isEmpty }.map { "  \($0.name) \(name($0.candidate.retained))" }
        return lines + [";"]
    }

    private func number(_ value: Double) -> String {
        value == value.rounded() && value < 1e15 ? "\(Int(value))" : "\(value)"
    }

    private func name(_ handOff: [TensorID]) -> String { handOffNames[handOff] ?? "nothing" }

    private func list(_ tensors: [TensorID]) -> String { list(tensors.map { "t\($0)" }) }

    private func list(_ words: [String]) -> String { words.joined(separator: " ") }
}

extension ProgramExport {
    /// The most elements that a step holds in fast memory; nil for a step that breaks a rule.
    func workingSet(of candidate: Candidate) -> Double? {
        let structure = try? StepAnalyzer(problem).analyze(ops: candidate.ops, retained: candidate.retained)
        return structure.map {
            StepCost($0, problem: problem, resident: candidate.resident).workingSet(candidate.granularity)
        }
    }
}
