import CostModel
import Foundation
import TensorGraph
import TestSupport
import Testing

/// What the search finds for the problems of `benchmarks/problems`, line by line in `Golden/rounds-50.txt`.
///
/// With a number of rounds, a seed and one thread there is no clock: a changed line is a changed search.
/// `benchmarks/record-golden.sh` records the file anew.
@Suite("Golden schedules: 50 rounds, seed 1, one thread")
struct GoldenTests {
    /// One run and what came of it.
    struct Record: Sendable, CustomTestStringConvertible {
        var problem: String
        var method: String
        /// Seconds that a release build took, rounded up.
        var seconds: Int
        var latency: String
        /// See ``GoldenTests/fingerprint(_:)``.
        var fingerprint: String

        init?(line: Substring) {
            let words = line.split(separator: " ").map(String.init)
            guard words.count == 5, let seconds = Int(words[2]) else { return nil }
            (problem, method, latency, fingerprint) = (words[0], words[1], words[3], words[4])
            self.seconds = seconds
        }

        var testDescription: String { "\(problem), \(method)" }
    }

    static let file = ExternalFiles.packageRoot.appendingPathComponent("Tests/CommandTests/Golden/rounds-50.txt")

    static let records: [Record] =
        ((try? String(contentsOf: file, encoding: .utf8)) ?? "").split(separator: "\n")
        .filter { !$0.hasPrefix("#") }.compactMap(Record.init)

    /// `all` or `record`, as set by `benchmarks/record-golden.sh`.
    private static let mode = ProcessInfo.processInfo.environment["MLSYS_GOLDEN"]
    private static let problems = ExternalFiles.packageRoot.appendingPathComponent("benchmarks/problems")

    @Test("Every problem is recorded")
    func isWhole() throws {
        #expect(Self.records.map(\.testDescription).sorted() == (try Self.runs().map { "\($0), \($1)" }.sorted()))
    }

    @Test("Quick ones are found again", arguments: records.filter { quick.contains($0.problem) })
    func quickOnesAreFoundAgain(record: Record) throws { try check(record) }

    @Test(
        "All others are found again", .tags(.slow),
        .enabled(if: mode == "all", "takes minutes: benchmarks/record-golden.sh --check runs it"),
        arguments: records.filter { !quick.contains($0.problem) })
    func othersAreFoundAgain(record: Record) throws { try check(record) }

    /// Those that a debug build solves within two seconds.
    static let quick: Set<String> = ["mlp-4", "pointwise-6", "ffn-8", "siblings-9", "mlp-12", "attention-15"]

    @Test("They are recorded anew", .tags(.slow), .enabled(if: mode == "record", "for benchmarks/record-golden.sh"))
    func areRecorded() throws {
        var lines = [
            "# problem, method, seconds of a release build, latency, fingerprint of the schedule.",
            "# benchmarks/record-golden.sh writes this file.",
        ]
        for (problem, method) in try Self.runs() {
            let found = try Self.run(problem, method)
            lines.append("\(problem) \(method) \(found.seconds) \(found.latency) \(found.fingerprint)")
        }
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: Self.file)
    }

    private func check(_ record: Record) throws {
        let found = try Self.run(record.problem, record.method)
        #expect(found.latency == record.latency)
        #expect(found.fingerprint == record.fingerprint)
    }

    private static func runs() throws -> [(problem: String, method: String)] {
        try problems.names().filter { $0.hasSuffix(".json") }.flatMap { file in
            let name = String(file.dropLast(5))
            return (proven.contains(name) ? ["auto", "hybrid"] : ["hybrid"]).map { (name, $0) }
        }
    }

    /// Those whose proof ends within seconds. Without a clock the proof of others takes hours, or all memory.
    private static let proven: Set<String> = [
        "mlp-4", "pointwise-6", "ffn-8", "siblings-9", "mlp-12", "attention-15", "moe-23", "siblings-36",
        "gqa-45", "attention-57",
    ]

    private static func run(
        _ name: String, _ method: String
    ) throws -> (seconds: Int, latency: String, fingerprint: String) {
        let path = problems.path(name + ".json")
        return try withTemporaryFolder { folder in
            let output = folder.path("schedule.json")
            let start = ContinuousClock.now
            let outcome = try Program.run(
                "solve", path, "-o", output, "--method", method, "--rounds", "50", "--seed", "1", "--threads", "1",
                secondsAtMost: 1800)
            let seconds = (start.duration(to: .now) / .seconds(1)).rounded(.up)
            try #require(outcome.exitCode == 0, "\(outcome.diagnostics)")
            let schedule = try ScheduleFile.read(output)
            let latency = try Evaluator(ProblemFile.read(path)).evaluate(schedule).totalLatency
            return (Int(seconds), "\(latency)", fingerprint(schedule))
        }
    }

    /// 64 bits in base 16 that depend on every field of a schedule (Fowler, Noll and Vo, FNV-1a).
    private static func fingerprint(_ schedule: Schedule) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for step in schedule.steps {
            let text = "\(step.ops.map(\.index)) \(step.granularity) \(step.retained.map(\.index)) \(step.order);"
            for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        }
        return String(hash, radix: 16)
    }
}
