/// What a run over a folder of problems came to: a line of JSON for the run, and one for each problem.
public enum BenchRecord: Sendable, Hashable {
    /// How, where and when problems were run.
    case run(BenchRun)
    /// What came of one problem.
    case problem(BenchRow)
}

/// How, where and when problems were run.
public struct BenchRun: Codable, Sendable, Hashable {
    /// The command line.
    public let command: String
    /// The program's version.
    public let version: String
    /// The start, as ISO 8601 has it.
    public let date: String
    /// The machine.
    public let machine: Machine
    /// How schedules were found.
    public let method: String
    /// `contest`, a number of seconds, or `none`.
    public let timeLimit: String
    /// Rounds of large-neighbourhood search for each problem; nil for as many as time allows.
    public let rounds: Int?
    /// Cores asked for.
    public let threads: Int
    /// Seed of the choices that are made at random.
    public let seed: UInt64
    /// Which part of the folder was run, as `1/4`; nil for all of it.
    public let shard: String?

    /// A computer.
    public struct Machine: Codable, Sendable, Hashable {
        /// The processor's name.
        public let cpu: String
        /// Cores that the system has.
        public let cores: Int
        /// The operating system.
        public let system: String

        /// Creates a description.
        public init(cpu: String, cores: Int, system: String) {
            self.cpu = cpu
            self.cores = cores
            self.system = system
        }
    }

    /// Creates a description.
    public init(
        command: String, version: String, date: String, machine: Machine, method: String, timeLimit: String,
        rounds: Int? = nil, threads: Int, seed: UInt64, shard: String?
    ) {
        self.command = command
        self.version = version
        self.date = date
        self.machine = machine
        self.method = method
        self.timeLimit = timeLimit
        self.rounds = rounds
        self.threads = threads
        self.seed = seed
        self.shard = shard
    }
}

/// What came of one problem. Latencies and bounds are in units of time, seconds are wall-clock time.
public struct BenchRow: Codable, Sendable, Hashable {
    /// The file's name without its extension.
    public let problem: String
    /// Seconds from reading the problem to the end.
    public var seconds = 0.0
    /// Number of ops.
    public var ops: Int?
    /// The limit that applied, in seconds.
    public var timeLimitSeconds: Double?
    /// The latency of the schedule written, as the evaluator found it when it was read again.
    public var latency: Double?
    /// Number of steps.
    public var steps: Int?
    /// The best bound for the problem.
    public var bound: Double?
    /// What the status and the bound are about, in words.
    public var scope: String?
    /// (latency - bound) / latency.
    public var gap: Double?
    /// `optimal`, `feasible (time limit)` …; nil for a method that proves nothing.
    public var status: String?
    /// What found the schedule.
    public var source: String?
    /// When it was found.
    public var secondsToBest: Double?
    /// Every improvement, the first schedule included.
    public var improvements: [Improvement] = []
    /// The latency to compare with.
    public var reference: Double?
    /// latency / reference.
    public var ratio: Double?
    /// Why there is no schedule; nil when there is one.
    public var error: String?

    /// A better schedule.
    public struct Improvement: Codable, Sendable, Hashable {
        /// Seconds from the start.
        public let seconds: Double
        /// Units of time.
        public let latency: Double
        /// What found it.
        public let source: String

        /// Creates a record.
        public init(seconds: Double, latency: Double, source: String) {
            self.seconds = seconds
            self.latency = latency
            self.source = source
        }
    }

    /// Creates a row that says nothing yet.
    public init(problem: String) { self.problem = problem }
}

extension BenchRecord: Codable {
    private enum CodingKeys: CodingKey { case kind }

    private enum Kind: String, Codable { case run, problem }

    /// Decodes a line by its field `kind`.
    public init(from decoder: any Decoder) throws {
        switch try decoder.container(keyedBy: CodingKeys.self).decode(Kind.self, forKey: .kind) {
        case .run: self = .run(try BenchRun(from: decoder))
        case .problem: self = .problem(try BenchRow(from: decoder))
        }
    }

    /// Encodes the record's own fields and `kind`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .run(let run):
            try run.encode(to: encoder)
            try container.encode(Kind.run, forKey: .kind)
        case .problem(let row):
            try row.encode(to: encoder)
            try container.encode(Kind.problem, forKey: .kind)
        }
    }
}
