import DesignSpace
import Scheduling
import TensorGraph

/// What a sweep came to: a line of JSON for each run, and one for each point; see `models/schema/sweep.schema.json`.
public enum SweepRecord: Sendable, Hashable {
    /// How, where and when points were solved.
    case run(SweepRun)
    /// What is known of one point.
    case point(SweepRow)
}

/// How, where and when points of a sweep were solved.
public struct SweepRun: Codable, Sendable, Hashable {
    /// The command line.
    public var command: String
    /// The program's version.
    public var version: String
    /// The start, as ISO 8601 has it.
    public var date: String
    /// The machine.
    public var machine: BenchRun.Machine
    /// The problem's file.
    public var problem: String
    /// What tells whether two files hold the same problem.
    public var fingerprint: String
    /// `native` or `none`: how deep k-steps may be.
    public var reductionCap: String
    /// How schedules were found.
    public var method: String
    /// Seconds for a point at most; nil for no limit.
    public var timeLimitSeconds: Double?
    /// Rounds of large-neighbourhood search for a point; nil for as many as time allows.
    public var rounds: Int?
    /// Cores asked for.
    public var threads: Int
    /// Seed of the choices that are made at random.
    public var seed: UInt64
    /// Which part of the points was solved, as `1/4`; nil for all of them.
    public var shard: String?

    /// Creates a description.
    public init(
        command: String, version: String, date: String, machine: BenchRun.Machine, problem: String,
        fingerprint: String, reductionCap: String, method: String, timeLimitSeconds: Double?, rounds: Int?,
        threads: Int, seed: UInt64, shard: String?
    ) {
        self.command = command
        self.version = version
        self.date = date
        self.machine = machine
        self.problem = problem
        self.fingerprint = fingerprint
        self.reductionCap = reductionCap
        self.method = method
        self.timeLimitSeconds = timeLimitSeconds
        self.rounds = rounds
        self.threads = threads
        self.seed = seed
        self.shard = shard
    }
}

/// What is known of one point of a sweep. Latencies and bounds are in units of time, seconds are wall-clock time.
public struct SweepRow: Codable, Sendable, Hashable {
    /// The position among all points of the sweep, from 0.
    public var number: Int
    /// Elements that fit in fast memory.
    public var capacity: Int
    /// Elements moved per unit of time.
    public var bandwidth: Double
    /// Columns and rows of the largest tile.
    public var native: [Int]
    /// The latency of the best schedule known; nil without one.
    public var latency: Double?
    /// No schedule in the scope is faster; nil where nothing is known.
    public var bound: Double?
    /// (latency - bound) / latency, a fraction.
    public var gap: Double?
    /// Compute time of the schedule.
    public var compute: Double?
    /// compute / latency.
    public var computeShare: Double?
    /// Elements that the schedule moves in either direction.
    public var movedElements: Double?
    /// `optimal`, `feasible (time limit)`, `infeasible` …
    public var status: String
    /// What the bound is about, in words.
    public var scope: String?
    /// The point at which the schedule was found.
    public var scheduleFrom: Int?
    /// The point at which the bound was proven.
    public var boundFrom: Int?
    /// Whether no other point of its curve with as little or less is as fast.
    public var isOnFront: Bool
    /// Whether the curve has its knee here.
    public var isKnee: Bool
    /// Seconds that solving the point took.
    public var seconds: Double
    /// What solving this very point found; nil where it was not needed.
    public var found: Found?
    /// Why there is no schedule; nil when there is one.
    public var error: String?

    /// What solving a point found.
    public struct Found: Codable, Sendable, Hashable {
        /// Latency of the schedule.
        public var latency: Double?
        /// The best bound proven here for the problem.
        public var bound: Double?
        /// What the bound is about.
        public var scope: String?
        /// How the run ended, in words.
        public var status: String
        /// The schedule.
        public var steps: [StepRecord]?
    }

    /// A step of a schedule.
    public struct StepRecord: Codable, Sendable, Hashable {
        /// Ops, producers first.
        public var ops: [Int]
        /// Tile width, tile height and reduction depth.
        public var granularity: [Int]
        /// Tensors that stay in fast memory; nil for none.
        public var retained: [Int]?
        /// The name of the tile order; nil for raster.
        public var order: String?
        /// The tiles in their order, where it has no name.
        public var tiles: [Int]?
    }

    private enum CodingKeys: String, CodingKey {
        case number, capacity, bandwidth, native, latency, bound, gap, compute, computeShare, movedElements, status
        case scope, scheduleFrom, boundFrom, seconds, found, error
        case isOnFront = "pareto"
        case isKnee = "knee"
    }

    /// The point.
    public var point: DesignPoint? {
        guard native.count == 2 else { return nil }
        return DesignPoint(
            capacityElements: capacity, bandwidth: bandwidth, nativeWidth: native[0], nativeHeight: native[1])
    }
}

extension SweepRow {
    /// Rows of all points of a sweep that something is known of, in the order of the sweep.
    ///
    /// - Parameters:
    ///   - outcomes: what is known of every point.
    ///   - findings: what was found at each point itself; nil where it was not looked for.
    ///   - numbers: the position of each among all points of the sweep.
    public static func rows(_ outcomes: [SweepOutcome], _ findings: [Finding?], numbers: [Int]) -> [SweepRow] {
        let solved = outcomes.indices.filter { findings[$0] != nil }
        let curves = SweepCurve.all(solved.map { outcomes[$0] })
        let front = Set(curves.flatMap(\.front).map { solved[$0] })
        let knees = Set(curves.compactMap(\.knee).map { solved[$0] })
        return solved.compactMap { position in
            guard let finding = findings[position] else { return nil }
            return SweepRow(
                outcomes[position], finding, number: numbers[position], numbers: numbers,
                isOnFront: front.contains(position), isKnee: knees.contains(position))
        }
    }

    private init(
        _ outcome: SweepOutcome, _ finding: Finding, number: Int, numbers: [Int], isOnFront: Bool, isKnee: Bool
    ) {
        self.number = number
        capacity = outcome.point.capacityElements
        bandwidth = outcome.point.bandwidth
        native = [outcome.point.nativeWidth, outcome.point.nativeHeight]
        latency = outcome.latency
        bound = outcome.bound > 0 ? min(outcome.bound, outcome.latency ?? .infinity) : nil
        gap = outcome.latency == nil ? nil : outcome.gap
        compute = outcome.compute
        computeShare = outcome.computeShare
        movedElements = outcome.movedElements
        let isProven = outcome.latency != nil && outcome.gap <= Tolerance.agreement
        status = isProven ? "optimal" : finding.status
        scope = outcome.scope?.description
        scheduleFrom = outcome.scheduleFrom.map { numbers[$0] }
        boundFrom = outcome.boundFrom.map { numbers[$0] }
        self.isOnFront = isOnFront
        self.isKnee = isKnee
        seconds = finding.seconds
        found = Found(
            latency: finding.latency, bound: finding.bound > 0 ? finding.bound : nil,
            scope: finding.scope?.description, status: finding.status,
            steps: finding.schedule?.steps.map(StepRecord.init))
        error = outcome.latency == nil ? finding.failure : nil
    }

    /// What was found at the point, to be taken over by another run.
    ///
    /// - Returns: nil when the row holds what no sweep writes.
    public var finding: Finding? {
        guard let point, let found else { return nil }
        var finding = Finding(point: point, status: found.status)
        finding.seconds = seconds
        finding.failure = error
        if let steps = found.steps {
            let decoded = steps.compactMap(\.step)
            guard decoded.count == steps.count, let latency = found.latency else { return nil }
            finding.schedule = Schedule(steps: decoded)
            finding.latency = latency
        }
        if let bound = found.bound {
            let scopes: [ProofScope] = [.problem, .namedOrders]
            guard let scope = scopes.first(where: { $0.description == found.scope }), bound >= 0, bound.isFinite else {
                return nil
            }
            (finding.bound, finding.scope) = (bound, scope)
        }
        return finding
    }
}

extension SweepRow.StepRecord {
    init(_ step: Step) {
        ops = step.ops.map(\.index)
        granularity = [step.granularity.width, step.granularity.height, step.granularity.depth]
        retained = step.retained.isEmpty ? nil : step.retained.map(\.index)
        order = step.order == .raster ? nil : step.order.name
        if case .permutation(let tiles) = step.order { self.tiles = tiles } else { tiles = nil }
    }

    /// The step; nil when the record is none.
    var step: Step? {
        guard granularity.count == 3, ops.allSatisfy({ $0 >= 0 }), (retained ?? []).allSatisfy({ $0 >= 0 }) else {
            return nil
        }
        let named = TileOrder.named.first { $0.name == order ?? TileOrder.raster.name }
        guard let order = tiles.map(TileOrder.permutation) ?? named else { return nil }
        return Step(
            ops: ops.map { OpID($0) },
            granularity: Granularity(width: granularity[0], height: granularity[1], depth: granularity[2]),
            retained: (retained ?? []).map { TensorID($0) }, order: order)
    }
}

extension SweepRecord: Codable {
    private enum CodingKeys: CodingKey { case kind }

    private enum Kind: String, Codable { case sweep, point }

    /// Decodes a line by its field `kind`.
    public init(from decoder: any Decoder) throws {
        switch try decoder.container(keyedBy: CodingKeys.self).decode(Kind.self, forKey: .kind) {
        case .sweep: self = .run(try SweepRun(from: decoder))
        case .point: self = .point(try SweepRow(from: decoder))
        }
    }

    /// Encodes the record's own fields and `kind`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .run(let run):
            try run.encode(to: encoder)
            try container.encode(Kind.sweep, forKey: .kind)
        case .point(let row):
            try row.encode(to: encoder)
            try container.encode(Kind.point, forKey: .kind)
        }
    }
}
