import Foundation

/// The contest's JSON form of a schedule: parallel lists with one entry per step (RULES 2).
public struct ScheduleFile: Codable, Sendable {
    var subgraphs: [[Int]] = []
    var granularities: [[Int]] = []
    var tensorsToRetain: [[Int]] = []
    var traversalOrders: [[Int]?]?
    var subgraphLatencies: [Double] = []

    enum CodingKeys: String, CodingKey {
        case subgraphs, granularities
        case tensorsToRetain = "tensors_to_retain"
        case traversalOrders = "traversal_orders"
        case subgraphLatencies = "subgraph_latencies"
    }

    private init() {}

    /// Reads a schedule file. Whether the schedule is valid for a problem is the evaluator's to say.
    ///
    /// - Throws: ``FileError`` when the file is not a schedule: not JSON, a field missing or of another type, lists
    ///   of different lengths.
    public static func read(_ path: String) throws(FileError) -> Schedule {
        let file = try readJSON(ScheduleFile.self, path: path) { _, index in "step \(index)" }
        do throws(ProblemError) {
            return try file.schedule()
        } catch {
            throw FileError(path: path, kind: .badData, message: error.description)
        }
    }

    func schedule() throws(ProblemError) -> Schedule {
        let count = subgraphs.count
        // The referee reads an empty list of orders as if the field were absent.
        let orders = traversalOrders.flatMap { $0.isEmpty ? nil : $0 } ?? [[Int]?](repeating: nil, count: count)
        for (name, length) in [
            ("granularities", granularities.count), ("tensors_to_retain", tensorsToRetain.count),
            ("traversal_orders", orders.count), ("subgraph_latencies", subgraphLatencies.count),
        ] where length != count {
            throw ProblemError(.problem, "\(count) subgraphs but \(length) entries in \(name)")
        }
        var steps: [Step] = []
        steps.reserveCapacity(count)
        for index in 0..<count {
            let numbers = granularities[index]
            guard numbers.count == 3 else {
                throw ProblemError(.problem, "step \(index): the granularity has \(numbers.count) numbers, not three")
            }
            steps.append(
                Step(
                    ops: subgraphs[index].map { OpID($0) },
                    granularity: Granularity(width: numbers[0], height: numbers[1], depth: numbers[2]),
                    retained: tensorsToRetain[index].map { TensorID($0) },
                    order: orders[index].map { .permutation($0) } ?? .raster,
                    reportedLatency: subgraphLatencies[index]))
        }
        return Schedule(steps: steps)
    }

    /// The JSON text of a schedule, one list per line.
    ///
    /// - Parameters:
    ///   - schedule: the schedule.
    ///   - latencies: the latency of each step, as the evaluator found it.
    ///   - grids: rows and columns of tiles of each step; needed to list a named tile order.
    public static func text(
        of schedule: Schedule, latencies: [Double], grids: [(rows: Int, columns: Int)]
    ) -> String {
        let orders = zip(schedule.steps, grids).map { step, grid -> String in
            guard step.order != .raster else { return "null" }
            let tiles = step.order.tiles(rows: grid.rows, columns: grid.columns)
            // A permutation of the wrong length is listed as it stands, for the evaluator to reject when read again.
            return tiles == Array(0..<(grid.rows * grid.columns)) ? "null" : jsonList(tiles)
        }
        let fields = [
            ("subgraphs", schedule.steps.map { jsonList($0.ops.map(\.index)) }),
            ("granularities", schedule.steps.map(\.granularity.description)),
            ("tensors_to_retain", schedule.steps.map { jsonList($0.retained.map(\.index)) }),
            ("traversal_orders", orders),
            ("subgraph_latencies", latencies.map(jsonNumber)),
        ]
        return "{\n" + fields.map { "  \"\($0.0)\": \(jsonList($0.1))" }.joined(separator: ",\n") + "\n}\n"
    }
}

extension ScheduleFile: JSONReadable {
    init(from reader: inout JSONReader) throws(JSONSyntaxError) {
        self.init()
        let required: [CodingKeys] = [.subgraphs, .granularities, .tensorsToRetain, .subgraphLatencies]
        try reader.readObject(required: required) { field, reader throws(JSONSyntaxError) in
            switch field {
            case .subgraphs: subgraphs = try reader.value()
            case .granularities: granularities = try reader.value()
            case .tensorsToRetain: tensorsToRetain = try reader.value()
            case .traversalOrders: traversalOrders = try reader.value()
            case .subgraphLatencies: subgraphLatencies = try reader.value()
            }
        }
    }
}
