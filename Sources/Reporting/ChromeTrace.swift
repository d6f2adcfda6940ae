import CostModel
import TensorGraph

/// A schedule as a trace in Chrome's Trace Event Format (JSON object form), for Perfetto and `chrome://tracing`.
///
/// One unit of the problem's time is one microsecond of the trace. Tracks:
///
/// - *steps*: a slice per step, as long as its latency;
/// - *compute* and *memory*: how much of the step's time computing and moving data take. They run side by side,
///   iteration by iteration; each slice shows their sum, drawn from the step's start on;
/// - *tiles*, on demand: a slice per tile, in visiting order;
/// - *fast memory*, a counter: elements that stay from the previous step, that are kept for the next one, and the rest
///   of the fullest iteration's working set. With tiles, that of the tile's fullest iteration.
public struct ChromeTrace {
    /// What goes into the trace.
    public struct Options: Sendable {
        /// Tiles drawn at most; those of a step are drawn all or not at all. 0 for none.
        public var maximumTiles = 0

        /// No tiles.
        public init() {}
    }

    /// Positions of the steps whose tiles were asked for and left out, because there are too many.
    public private(set) var stepsWithoutTiles: [Int] = []

    private var events: [TraceEvent]
    private let problem: Problem
    private let name: String

    /// Draws a schedule that the evaluator found valid.
    ///
    /// - Parameters:
    ///   - schedule: the schedule.
    ///   - evaluation: what the evaluator found of it.
    ///   - problem: the problem that it solves.
    ///   - name: what the viewer calls the process, the problem's name for example.
    ///   - options: whether tiles are drawn.
    public init(
        _ schedule: Schedule, _ evaluation: Evaluation, problem: Problem, name: String, options: Options = Options()
    ) {
        self.problem = problem
        self.name = name
        events = Self.metadata(name, drawsTiles: options.maximumTiles > 0)
        let report = ScheduleReport(schedule, evaluation, problem: problem)
        var start = 0.0
        var tilesLeft = options.maximumTiles
        for (index, step) in report.steps.enumerated() {
            draw(step, index, at: start)
            var tiles: [TileTiming]?
            if options.maximumTiles > 0 {
                tiles = TileTiming.tiles(
                    of: schedule.steps[index], resident: step.resident.map { TensorID($0) }, problem: problem,
                    atMost: tilesLeft)
                if tiles == nil { stepsWithoutTiles.append(index) }
                tilesLeft -= tiles?.count ?? 0
            }
            draw(tiles, of: step, at: start)
            start += step.latency
        }
        events.append(Self.memory(at: start, resident: 0, retained: 0, working: 0))
    }

    /// The trace as JSON, with a newline at the end.
    ///
    /// - Throws: `EncodingError` for a number that JSON has no form for; a valid problem has no such latency.
    public func text() throws -> String {
        try jsonText(
            Document(
                traceEvents: events, displayTimeUnit: "ms",
                otherData: ["name": name, "time_unit": "1 unit of time is 1 microsecond"]))
    }

    private struct Document: Encodable {
        let traceEvents: [TraceEvent]
        let displayTimeUnit: String
        let otherData: [String: String]
    }

    private enum Track: Int, CaseIterable {
        case steps = 1
        case compute
        case memory
        case tiles

        var name: String { "\(self)" }
    }

    private static func metadata(_ name: String, drawsTiles: Bool) -> [TraceEvent] {
        var events = [TraceEvent(name: "process_name", ph: .metadata, tid: 0, args: ["name": .text("mlsys \(name)")])]
        for track in Track.allCases where track != .tiles || drawsTiles {
            let tid = track.rawValue
            events.append(
                TraceEvent(name: "thread_name", ph: .metadata, tid: tid, args: ["name": .text(track.name)]))
            events.append(
                TraceEvent(
                    name: "thread_sort_index", ph: .metadata, tid: tid, args: ["sort_index": .number(Double(tid))]))
        }
        return events
    }

    private mutating func draw(_ step: StepReport, _ index: Int, at start: Double) {
        let label = "step \(index): ops \(abridged(step.ops))"
        var args: [String: TraceEvent.Value] = [
            "step": .number(Double(index)), "ops": .list(step.ops), "granularity": .list(step.granularity),
            "order": .text(step.order), "grid": .list(step.grid), "iterations": .number(step.iterations),
            "latency": .number(step.latency), "compute": .number(step.compute), "transfer": .number(step.transfer),
            "loaded_elements": .number(step.loadedElements), "evicted_elements": .number(step.evictedElements),
            "bound_by": .text(step.binding), "peak_working_set": .number(step.peakWorkingSet),
            "resident": .list(step.resident), "retained": .list(step.retained),
        ]
        if let names = step.opNames { args["op_names"] = .text(names.joined(separator: ", ")) }
        add(label, .steps, start, step.latency, args)
        add(label, .compute, start, step.compute, ["step": .number(Double(index)), "compute": .number(step.compute)])
        add(
            label, .memory, start, step.transfer,
            [
                "step": .number(Double(index)), "transfer": .number(step.transfer),
                "loaded_elements": .number(step.loadedElements), "evicted_elements": .number(step.evictedElements),
            ])
    }

    private mutating func draw(_ tiles: [TileTiming]?, of step: StepReport, at start: Double) {
        let resident = step.resident.reduce(0) { $0 + Double(problem[TensorID($1)].size) }
        // A tensor that is resident and retained again is one tensor in fast memory.
        let retained = step.retained.reduce(0) {
            $0 + (step.resident.contains($1) ? 0 : Double(problem[TensorID($1)].size))
        }
        guard let tiles else {
            events.append(
                Self.memory(
                    at: start, resident: resident, retained: retained,
                    working: step.peakWorkingSet - resident - retained))
            return
        }
        var now = start
        for tile in tiles {
            add(
                "tile \(tile.index)", .tiles, now, tile.latency,
                [
                    "tile": .number(Double(tile.index)), "latency": .number(tile.latency),
                    "compute": .number(tile.compute), "loaded_elements": .number(tile.loadedElements),
                    "evicted_elements": .number(tile.evictedElements),
                    "peak_working_set": .number(tile.peakWorkingSet),
                ])
            events.append(
                Self.memory(
                    at: now, resident: resident, retained: retained,
                    working: tile.peakWorkingSet - resident - retained))
            now += tile.latency
        }
    }

    private mutating func add(
        _ name: String, _ track: Track, _ start: Double, _ duration: Double, _ args: [String: TraceEvent.Value]
    ) {
        events.append(
            TraceEvent(
                name: name, ph: .complete, ts: start, dur: duration, tid: track.rawValue, args: args,
                cat: track.name))
    }

    private static func memory(at time: Double, resident: Double, retained: Double, working: Double) -> TraceEvent {
        TraceEvent(
            name: "fast memory", ph: .counter, ts: time, tid: 0,
            args: ["resident": .number(resident), "retained": .number(retained), "slices and tiles": .number(working)])
    }
}
