import Foundation
import Testing

@testable import mlsys

@Suite("Shards of a job array")
struct ShardTests {
    @Test("Every task is in one shard")
    func parts() {
        for count in 1...7 {
            let parts = (1...count).map { Shard(number: $0, count: count).part(of: Array(0..<23)) }
            #expect(parts.flatMap(\.self).sorted() == Array(0..<23))
        }
    }

    @Test("What the words mean, and what is no shard")
    func words() {
        #expect(ShardOption(argument: "2/8") == .fixed(Shard(number: 2, count: 8)))
        #expect(ShardOption(argument: "auto") == .auto(count: nil))
        #expect(ShardOption(argument: "auto/4") == .auto(count: 4))
        for text in ["", "1", "0/2", "3/2", "a/b", "1/2/3", "auto/0", "auto/x", "auto/1/2", "/"] {
            #expect(ShardOption(argument: text) == nil, "\(text)")
        }
    }

    @Test(
        "By the variables of Slurm and of Kubernetes",
        arguments: [
            ("ID=3 COUNT=4 MIN=1 STEP=1", "auto", "3/4"), ("ID=0 COUNT=4 MIN=0", "auto", "1/4"),
            ("ID=30 COUNT=4 MIN=10 STEP=10", "auto", "3/4"), ("ID=5 COUNT=1 MIN=5", "auto", "1/1"),
            ("ID=2 MIN=1", "auto/4", "2/4"), ("INDEX=0", "auto/3", "1/3"), ("INDEX=7 PODS=8", "auto", "8/8"),
        ])
    func variables(set: String, option: String, shard: String) throws {
        let option = try #require(ShardOption(argument: option))
        #expect(try option.resolved(Self.environment(set)).description == shard)
    }

    @Test(
        "Variables that are missing, no numbers, or contradict each other",
        arguments: [
            ("", "auto"), ("ID=1", "auto"), ("ID=x COUNT=2", "auto"), ("ID=-1 COUNT=2", "auto"),
            ("ID=9 COUNT=4 MIN=1", "auto"),
            ("ID=11 COUNT=4 MIN=10 STEP=10", "auto"), ("ID=1 COUNT=4 MIN=1", "auto/3"), ("INDEX=1", "auto"),
            ("INDEX=3", "auto/3"), ("INDEX=a PODS=3", "auto"), ("INDEX=0 PODS=0", "auto"),
        ])
    func contradictions(set: String, option: String) throws {
        let option = try #require(ShardOption(argument: option))
        #expect(throws: (any Error).self) { try option.resolved(Self.environment(set)) }
    }

    private static func environment(_ text: String) -> [String: String] {
        let names = [
            "ID": "SLURM_ARRAY_TASK_ID", "COUNT": "SLURM_ARRAY_TASK_COUNT", "MIN": "SLURM_ARRAY_TASK_MIN",
            "STEP": "SLURM_ARRAY_TASK_STEP", "INDEX": "JOB_COMPLETION_INDEX", "PODS": "JOB_COMPLETION_COUNT",
        ]
        var environment: [String: String] = [:]
        for pair in text.split(separator: " ") {
            let sides = pair.split(separator: "=")
            if let name = names[String(sides[0])] { environment[name] = String(sides[1]) }
        }
        return environment
    }
}
