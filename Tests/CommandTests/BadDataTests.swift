import Foundation
import TensorGraph
import TestSupport
import Testing

@Suite("Exit code 65: what is wrong with a file")
struct BadDataTests {
    /// A change to the sample problem, and what the message has to name.
    struct Fault: CustomStringConvertible, Sendable {
        let old: String
        let new: String
        let named: [String]

        var description: String { "\(old) -> \(new)" }
    }

    @Test(
        "A problem",
        arguments: [
            Fault(old: "[[0], [1]]", new: "[[0], [7]]", named: ["op 1", "tensor 7"]),
            Fault(old: "[[0], [1]]", new: "[[0], [2]]", named: ["op 1", "tensor 2"]),
            Fault(old: "[[0], [1]]", new: "[[2], [1]]", named: ["op ", "cycle"]),
            Fault(old: "[[1], [2]]", new: "[[1], [1]]", named: ["op 1", "tensor 1"]),
            Fault(old: "[[1], [2]]", new: "[[2], [2]]", named: ["tensor 2", "op 0", "op 1"]),
            Fault(old: "[[1], [2]]", new: "[[1], []]", named: ["op 1", "no tensor"]),
            Fault(old: "[[1], [2]]", new: "[[1]]", named: ["2 ops", "outputs 1"]),
            Fault(old: "\"widths\": [128, 128, 128]", new: "\"widths\": [128, 128, 64]", named: ["op 1", "tensor 1"]),
            Fault(old: "\"widths\": [128, 128, 128]", new: "\"widths\": [128, 0, 128]", named: ["tensor 1", "width"]),
            Fault(old: "\"widths\": [128, 128, 128]", new: "\"widths\": [128, 128]", named: ["2 widths", "3 heights"]),
            Fault(
                old: "\"widths\": [128, 128, 128]", new: "\"widths\": [128, \"x\", 128]",
                named: ["tensor 1", "widths[1]"]),
            Fault(
                old: "\"widths\": [128, 128, 128]", new: "\"widths\": [128, 128, 9007199254740992]",
                named: ["tensor 2", "2^53"]),
            Fault(old: "\"Pointwise\"]", new: "\"Conv\"]", named: ["op 1", "Conv"]),
            Fault(old: "\"Pointwise\"]", new: "\"MatMul\"]", named: ["op 1", "two inputs"]),
            Fault(old: "[1000, 100]", new: "[1000, -1]", named: ["op 1", "cost"]),
            Fault(old: "[1000, 100]", new: "[1000, null]", named: ["op 1", "base_costs[1]"]),
            Fault(old: "35000", new: "0", named: ["fast_memory_capacity"]),
            Fault(old: "35000", new: "1.5", named: ["fast_memory_capacity"]),
            Fault(
                old: "[128, 128, 128], \"heights\"", new: "[128, 1.5, 8], \"heights\"",
                named: ["tensor 1", "widths[1]"]),
            Fault(old: "[[0], [1]]", new: "[[0], [9e99]]", named: ["op 1", "inputs[1][0]", "whole number"]),
            Fault(old: "[1000, 100]", new: "[1e999, 1]", named: ["op 0", "base_costs[0]", "out of range"]),
            Fault(old: "35000", new: "1e30", named: ["fast_memory_capacity"]),
            Fault(old: "bandwidth\": 10", new: "bandwidth\": 0", named: ["slow_memory_bandwidth"]),
            Fault(old: "bandwidth\": 10", new: "bandwidth\": 1e-310", named: ["slow_memory_bandwidth"]),
            Fault(old: "[128, 128]}", new: "[128]}", named: ["native_granularity"]),
            Fault(old: "[128, 128]}", new: "[128, 0]}", named: ["native height"]),
            Fault(old: "\"heights\"", new: "\"Heights\"", named: ["\"heights\" is missing"]),
            Fault(old: "}", new: "", named: ["not valid JSON"]),
        ])
    func problem(fault: Fault) throws {
        try withTemporaryFolder { folder in
            let text = Samples.problem.replacing(fault.old, with: fault.new, maxReplacements: 1)
            try #require(text != Samples.problem)
            let path = try folder.file("problem.json", text)
            let outcome = try Program.run(path, folder.path("schedule.json"))
            #expect(outcome.exitCode == 65)
            #expect(outcome.output.isEmpty)
            #expect(outcome.diagnosticLines.count == 1)
            for part in [path] + fault.named { #expect(outcome.diagnostics.contains(part)) }
            #expect(try folder.names() == ["problem.json"])
        }
    }

    @Test(
        "A schedule",
        arguments: [
            Fault(old: "[[0], [1]]", new: "[[0]]", named: ["1 subgraphs", "granularities"]),
            Fault(old: "[128, 128, 1]]", new: "[128, 128]]", named: ["step 1", "granularity"]),
            Fault(old: "3276.8]", new: "\"fast\"]", named: ["step 1", "subgraph_latencies[1]"]),
            Fault(old: "[null, null]", new: "[null, [0.5]]", named: ["step 1", "traversal_orders[1][0]"]),
            Fault(old: "[null, null]", new: "[null]", named: ["traversal_orders"]),
            Fault(old: "tensors_to_retain", new: "tensors", named: ["tensors_to_retain"]),
        ])
    func schedule(fault: Fault) throws {
        try withTemporaryFolder { folder in
            let text = Samples.schedule.replacing(fault.old, with: fault.new, maxReplacements: 1)
            try #require(text != Samples.schedule)
            let path = try folder.file("schedule.json", text)
            let outcome = try Program.run("evaluate", folder.file("problem.json", Samples.problem), path)
            #expect(outcome.exitCode == 65)
            #expect(outcome.diagnosticLines.count == 1)
            for part in [path] + fault.named { #expect(outcome.diagnostics.contains(part)) }
        }
    }

    @Test(
        "Nonsense",
        arguments: [
            "", " ", "\0", "null", "[]", "{}", "0", "\"problem\"", "{\"widths\":", "\u{FEFF}{}",
            "{\"a\": \"\n\u{1B}[31m\"}",
            String(repeating: "[", count: 100_000), String(repeating: "{\"widths\":", count: 100_000),
            "{\"widths\": " + String(repeating: "[", count: 400) + String(repeating: "]", count: 400) + "}",
        ])
    func nonsense(text: String) throws {
        try withTemporaryFolder { folder in
            let path = try folder.file("nonsense.json", text)
            let problem = try folder.file("problem.json", Samples.problem)
            for outcome in [
                try Program.run(path, folder.path("out.json")), try Program.run("evaluate", problem, path),
            ] {
                #expect(outcome.exitCode == 65)
                #expect(outcome.diagnosticLines.count == 1)
                #expect(outcome.diagnostics.hasPrefix("mlsys: \(path): "))
                #expect(outcome.diagnostics.utf8.count < 1000)
            }
        }
    }

    /// What megabytes are made of.
    enum Filling: String, CaseIterable, Sendable {
        case zeroBytes, noise, numbers, fraction, openBrackets

        func data(_ count: Int) -> Data {
            switch self {
            case .zeroBytes: return Data(count: count)
            case .noise:
                var random = RandomSource(seed: 1)
                let block = Data((0..<65536).map { _ in UInt8.random(in: 0...255, using: &random) })
                return repeated(block, count)
            case .numbers: return Data("{\"widths\": [".utf8) + repeated(Data("12345678,".utf8), count)
            case .fraction:
                // Valid JSON whose last number is no whole number: the search for it must not take forever.
                return Data("{\"widths\": [".utf8) + repeated(Data("12345678,".utf8), count) + Data("1.5]}".utf8)
            case .openBrackets: return Data(repeating: UInt8(ascii: "["), count: count)
            }
        }

        private func repeated(_ block: Data, _ count: Int) -> Data {
            var data = Data(capacity: count + block.count)
            while data.count < count { data += block }
            return data
        }
    }

    @Test("Megabytes of nonsense", arguments: Filling.allCases)
    func large(filling: Filling) throws {
        try withTemporaryFolder { folder in
            try filling.data(2 << 20).write(to: folder.appendingPathComponent("large.json"))
            let outcome = try Program.run(folder.path("large.json"), folder.path("out.json"), secondsAtMost: 120)
            #expect(outcome.exitCode == 65)
            #expect(outcome.diagnosticLines.count == 1)
        }
    }
}
