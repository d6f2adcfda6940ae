import Foundation
import TensorGraph
import TestSupport
import Testing

@Suite("Schedule files")
struct ScheduleFileTests {
    static let fields: [(name: String, json: String)] = [
        ("subgraphs", "[[0], [1, 2]]"), ("granularities", "[[4, 2, 1], [8, 8, 8]]"), ("tensors_to_retain", "[[3], []]"),
        ("traversal_orders", "[null, [1, 0]]"), ("subgraph_latencies", "[10, 2.5]"),
    ]

    private func read(
        _ changed: [String: String] = [:], without missing: String? = nil
    ) throws -> Result<Schedule, FileError> {
        let parts = Self.fields.filter { $0.name != missing }.map { field in
            "\"\(field.name)\": \(changed[field.name] ?? field.json)"
        }
        return try read(text: "{" + parts.joined(separator: ", ") + "}")
    }

    private func read(text: String) throws -> Result<Schedule, FileError> {
        try withTemporaryFolder { folder in
            let path = folder.appendingPathComponent("schedule.json").path
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            return Result { () throws(FileError) in try ScheduleFile.read(path) }
        }
    }

    private func message(_ result: Result<Schedule, FileError>) -> String? {
        guard case .failure(let error) = result else { return nil }
        #expect(error.kind == .badData)
        return error.message
    }

    @Test("A sound file is read as it stands")
    func sound() throws {
        var first = Step([0], (4, 2, 1), keeping: [3])
        first.reportedLatency = 10
        var second = Step([1, 2], (8, 8, 8), order: .permutation([1, 0]))
        second.reportedLatency = 2.5
        #expect(try read().get() == Schedule(steps: [first, second]))
    }

    @Test("Orders may be absent, null or empty: raster")
    func withoutOrders() throws {
        for result in [
            try read(without: "traversal_orders"), try read(["traversal_orders": "null"]),
            try read(["traversal_orders": "[]"]),
        ] {
            #expect(try result.get().steps.map(\.order) == [.raster, .raster])
        }
    }

    @Test(
        "Any other field that is missing is named",
        arguments: ["subgraphs", "granularities", "tensors_to_retain", "subgraph_latencies"])
    func missing(field: String) throws {
        #expect(message(try read(without: field)) == "the field \"\(field)\" is missing")
    }

    @Test(
        "Faults are told with their step",
        arguments: [
            ("granularities", "[[4, 2, 1], [8, 8]]", "step 1: the granularity has 2 numbers, not three"),
            ("granularities", "[[4, 2, 1], [8, 8.5, 8]]", nil), ("subgraphs", "[[0], [\"1\"]]", nil),
            ("tensors_to_retain", "[[3], [[]]]", nil), ("traversal_orders", "[null, [true]]", nil),
            ("subgraph_latencies", "[10, \"fast\"]", "step 1: \"subgraph_latencies[1]\" is not a number"),
        ])
    func faults(field: String, json: String, expected: String?) throws {
        let message = try #require(message(try read([field: json])))
        #expect(message.hasPrefix("step 1: "), "\(message)")
        if let expected { #expect(message.hasPrefix(expected)) }
    }

    @Test(
        "Lists of different lengths are counted",
        arguments: ["granularities", "tensors_to_retain", "traversal_orders", "subgraph_latencies"])
    func lengths(field: String) throws {
        let one = field == "granularities" ? "[[1, 1, 1]]" : field == "subgraph_latencies" ? "[1]" : "[[0]]"
        #expect(message(try read([field: one])) == "2 subgraphs but 1 entries in \(field)")
    }

    @Test("A granularity of any numbers is read; whether it is valid is the evaluator's to say")
    func unvalidated() throws {
        let schedule = try read(["granularities": "[[-1, 0, 99], [1, 1, 1]]", "subgraphs": "[[-5], []]"]).get()
        #expect(schedule.steps[0].granularity == Granularity(width: -1, height: 0, depth: 99))
        #expect(schedule.steps[0].ops == [OpID(-5)])
    }

    @Test("Not JSON, cut off or empty")
    func notJSON() throws {
        #expect(message(try read(text: "")) == "is empty")
        for text in ["nonsense", "{\"subgraphs\": [[0]"] {
            #expect(message(try read(text: text))?.hasPrefix("is not valid JSON") == true)
        }
    }

    @Test("Writing and reading gives the same steps, orders spelled out")
    func roundTrip() throws {
        var random = RandomSource(seed: 13)
        var problems = ProblemGenerator(seed: 14)
        for _ in 0..<100 {
            let problem = try problems.next()
            let schedule = ScheduleGenerator(problem).schedule(using: &random)
            let grids = schedule.steps.map { step -> (rows: Int, columns: Int) in
                guard case .permutation(let tiles) = step.order else { return (2, 3) }
                return (1, tiles.count)
            }
            let latencies = schedule.steps.indices.map { 0.1 * Double($0) }
            let copy = try read(text: ScheduleFile.text(of: schedule, latencies: latencies, grids: grids)).get()
            #expect(copy.steps.map(\.ops) == schedule.steps.map(\.ops))
            #expect(copy.steps.map(\.granularity) == schedule.steps.map(\.granularity))
            #expect(copy.steps.map(\.retained) == schedule.steps.map(\.retained))
            #expect(copy.steps.map(\.reportedLatency) == latencies)
            for (index, grid) in grids.enumerated() {
                let tiles = schedule.steps[index].order.tiles(rows: grid.rows, columns: grid.columns)
                #expect(copy.steps[index].order.tiles(rows: grid.rows, columns: grid.columns) == tiles)
            }
        }
    }

    @Test("A permutation is listed unless it is raster order")
    func listedOrders() {
        func text(_ order: TileOrder) -> String {
            ScheduleFile.text(
                of: Schedule(steps: [Step([0], (1, 1, 1), order: order)]), latencies: [1], grids: [(2, 2)])
        }
        #expect(text(.raster).contains("\"traversal_orders\": [null]"))
        #expect(text(.permutation([0, 1, 2, 3])).contains("\"traversal_orders\": [null]"))
        #expect(text(.rowSnake).contains("\"traversal_orders\": [[0, 1, 3, 2]]"))
        #expect(text(.permutation([0, 1])).contains("\"traversal_orders\": [[0, 1]]"), "wrong, and not to be hidden")
        #expect(text(.permutation([])).contains("\"traversal_orders\": [[]]"), "wrong, and not to be hidden")
    }
}
