import CostModel
import Foundation
import TensorGraph
import TestSupport
import Testing

@Suite("Signals while a problem is solved", .serialized)
struct SignalTests {
    /// Large enough to be worked at for as long as these tests need.
    private static let problem = ExternalFiles.packageRoot
        .appendingPathComponent("benchmarks/problems/attention-216.json").path
    /// The goal is a tenth of a second; other tests and other people use the machine as well.
    private static let secondsAtMost = 0.5

    /// The latency of the schedule on disk, nil when there is none; it has to be valid.
    private func latency(_ path: String) throws -> Double? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        return try Evaluator(try ProblemFile.read(Self.problem)).evaluate(try ScheduleFile.read(path)).totalLatency
    }

    private func folders(_ body: (_ streams: URL, _ schedules: URL) throws -> Void) throws {
        try withTemporaryFolder { streams in try withTemporaryFolder { try body(streams, $0) } }
    }

    @Test(
        "From the start to the first schedule: all or nothing, and it is said which",
        arguments: zip([SIGTERM, SIGINT, SIGTERM, SIGINT, SIGTERM, SIGINT, SIGTERM], [0, 2, 8, 20, 50, 100, 250]))
    func early(signal: Int32, milliseconds: UInt32) throws {
        try folders { streams, schedules in
            let path = schedules.path("schedule.json")
            let program = try RunningProgram(in: streams, "solve", Self.problem, "-o", path)
            usleep(milliseconds * 1000)
            let ending = try program.end(by: signal)
            #expect(ending.seconds < Self.secondsAtMost)
            if try latency(path) != nil {
                #expect(ending.code == 0)
                #expect(ending.output.contains("status: feasible (interrupted)"))
                #expect(ending.diagnostics.isEmpty)
            } else {
                #expect(ending.code == 128 + signal)
                #expect(ending.output.isEmpty)
                // Before the program's first line, nobody is there to say anything.
                #expect(ending.diagnostics.isEmpty || ending.diagnostics.hasPrefix("mlsys: "))
                #expect(ending.diagnostics.count { $0 == "\n" } <= 1)
            }
            #expect(try schedules.names().allSatisfy { $0 == "schedule.json" })
        }
    }

    @Test(
        "With a schedule on disk: it is valid, and the summary is about it",
        arguments: zip([SIGINT, SIGTERM, SIGINT, SIGTERM], [0, 20, 300, 1000]))
    func later(signal: Int32, milliseconds: UInt32) throws {
        try folders { streams, schedules in
            let path = schedules.path("schedule.json")
            let program = try RunningProgram(in: streams, "solve", Self.problem, "-o", path, "--json")
            program.wait(for: path)
            usleep(milliseconds * 1000)
            let ending = try program.end(by: signal)
            #expect(ending.code == 0)
            #expect(ending.seconds < Self.secondsAtMost)
            #expect(ending.diagnostics.isEmpty)
            let report = try JSONValue(parsing: ending.output)
            #expect(try JSONSchema(named: "solve").faults(in: ending.output) == [])
            #expect(report["proof"]?["status"] == .string("feasible (interrupted)"))
            #expect(try #require(report["proof"]?["gap"]?.number) > 0)
            let reported = try #require(report["total_latency"]?.number)
            #expect(abs(try #require(try latency(path)) - reported) <= 1e-9 * reported)
            #expect(try schedules.names() == ["schedule.json"])
        }
    }

    @Test("What bound has proven until a signal or the limit ends it is in the certificate", arguments: [SIGINT, nil])
    func certificate(signal: Int32?) throws {
        try folders { streams, files in
            let path = files.path("certificate.json")
            let problem = ExternalFiles.packageRoot.appendingPathComponent("benchmarks/problems/gpt-35.json").path
            // Pricing has a bound within two seconds here, and no proof in a minute.
            let limit = signal == nil ? "5" : "60"
            let program = try RunningProgram(
                in: streams, "bound", problem, "--certificate", path, "--time-limit", limit, "--json")
            sleep(signal == nil ? 7 : 5)
            let ending = try program.end(by: signal ?? 0)
            #expect(ending.code == 0, "\(ending.diagnostics)")
            let report = try JSONValue(parsing: ending.output)
            let text = try String(contentsOfFile: path, encoding: .utf8)
            let written = try JSONValue(parsing: text)
            let bound = try #require(written["bound"]?.number)
            #expect(bound > 0 && bound <= (report["dual_bound"]?.number ?? 0) * (1 + 1e-9))
            #expect(try JSONSchema(named: "certificate").faults(in: text) == [])
            #expect(try files.names() == ["certificate.json"])
        }
    }

    @Test("SIGKILL: the file is valid or absent", arguments: [0, 3, 200])
    func killed(milliseconds: UInt32) throws {
        try folders { streams, schedules in
            let path = schedules.path("schedule.json")
            let program = try RunningProgram(in: streams, "solve", Self.problem, "-o", path)
            if milliseconds > 0 { program.wait(for: path) }
            usleep(milliseconds * 1000)
            #expect(try program.end(by: SIGKILL).code == 128 + SIGKILL)
            #expect((try latency(path) != nil) == (milliseconds > 0))
        }
    }

    @Test("A write that does not end delays nothing")
    func hangingWrite() throws {
        try folders { streams, schedules in
            let pipe = schedules.path("pipe")
            #expect(mkfifo(pipe, 0o600) == 0)
            // Nobody reads the pipe: opening it for writing waits for ever.
            let program = try RunningProgram(in: streams, "solve", Self.problem, "-o", pipe)
            usleep(1_000_000)
            let ending = try program.end(by: SIGTERM)
            #expect(ending.code == 73)
            #expect(ending.seconds < Self.secondsAtMost)
            #expect(ending.diagnostics.contains("nobody reads it"))
        }
    }

    @Test("Bench keeps what it has, and leaves nothing else behind")
    func bench() throws {
        try folders { streams, results in
            let folder = results.appendingPathComponent("problems")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
            _ = try folder.file("small-2.json", Samples.problem)
            try FileManager.default.copyItem(atPath: Self.problem, toPath: folder.path("attention-216.json"))
            try FileManager.default.moveItem(atPath: folder.path("small-2.json"), toPath: folder.path("a-2.json"))
            let json = results.path("results.jsonl")
            let program = try RunningProgram(in: streams, "bench", folder.path, "--json", json)
            program.wait(for: json)
            usleep(100_000)
            let ending = try program.end(by: SIGTERM)
            #expect(ending.code == 128 + SIGTERM)
            #expect(ending.seconds < Self.secondsAtMost)
            let lines = try String(contentsOfFile: json, encoding: .utf8).split(separator: "\n")
            #expect(lines.count == 2)
            #expect(lines.last?.contains("\"problem\":\"a-2\"") == true)
            #expect(try results.names() == ["problems", "results.jsonl"])
        }
    }
}
