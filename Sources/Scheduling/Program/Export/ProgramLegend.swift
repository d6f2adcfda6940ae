import Foundation
import MIP
import TensorGraph

/// What every column and row name of an exported program stands for, as JSON with one entry per line.
struct ProgramLegend {
    private let export: ProgramExport
    private var formulation: ScheduleFormulation { export.formulation }

    /// Prepares to explain a program.
    init(_ export: ProgramExport) { self.export = export }

    /// The whole file.
    ///
    /// - Throws: `EncodingError` for a number that JSON has no form for; a valid problem has no such latency.
    func text() throws -> String {
        let names = NameTable(formulation.model)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        func json(_ value: some Encodable) throws -> String {
            String(decoding: try encoder.encode(value), as: UTF8.self)
        }
        func list(_ entries: [some Encodable]) throws -> String {
            entries.isEmpty
                ? "[]" : "[\n" + (try entries.map { "  " + (try json($0)) }).joined(separator: ",\n") + "\n]"
        }
        let fields = [
            "\"level\": \(try json(formulation.level.rawValue))",
            "\"complete\": \(export.isComplete)",
            "\"omissions\": \(try json(export.candidates.omissions.map(\.description)))",
            "\"order\": \(try json(export.cuts?.description ?? "left out"))",
            "\"objective\": \"sum of the latencies of the chosen steps, in units of time\"",
            "\"columns\": \(try list(columns(names)))",
            "\"rows\": \(try list(rows(names)))",
        ]
        return "{\n" + fields.joined(separator: ",\n") + "\n}\n"
    }

    private func columns(_ names: NameTable) -> [ColumnEntry] {
        let steps = formulation.candidateOfColumn.enumerated().map { index, position in
            ColumnEntry(
                name: names.columns[index], step: export.candidates.candidates[position],
                problem: export.problem, most: Int(formulation.model.columns[index].bounds.upper),
                workingSet: export.workingSet(of: export.candidates.candidates[position]))
        }
        let stored = formulation.storedTensors.enumerated().map { index, tensor in
            ColumnEntry(name: names.columns[steps.count + index], stored: tensor, problem: export.problem)
        }
        return steps + stored
    }

    private func rows(_ names: NameTable) -> [RowEntry] {
        let columnOf = Dictionary(
            uniqueKeysWithValues: formulation.candidateOfColumn.enumerated().map { ($1, names.columns[$0]) })
        return zip(formulation.rows, names.rows).map { row, name in
            RowEntry(
                name: name, row: row, level: formulation.level, problem: export.problem, columnOf: { columnOf[$0] })
        }
    }
}

extension ProgramExport {
    /// What every column and row name stands for, as JSON with one entry per line.
    ///
    /// - Throws: `EncodingError` for a number that JSON has no form for; a valid problem has no such latency.
    package func legendText() throws -> String { try ProgramLegend(self).text() }
}
