import Foundation
import TestSupport
import Testing

/// Time limits and signals while the input is read: from a pipe into which nobody writes.
@Suite("Limits while reading", .serialized)
struct InputLimitTests {
    private func withPipe(_ body: (_ pipe: String, _ folder: URL) throws -> Void) throws {
        try withTemporaryFolder { folder in
            let pipe = folder.path("pipe")
            #expect(mkfifo(pipe, 0o600) == 0)
            try body(pipe, folder)
        }
    }

    private func check(_ arguments: [String], named path: String, _ words: String) throws {
        let start = ContinuousClock.now
        let outcome = try Program.run(arguments: arguments)
        #expect(start.duration(to: .now) < .seconds(2), "\(arguments)")
        #expect(outcome.exitCode == 4 && outcome.output.isEmpty, "\(arguments)")
        #expect(
            outcome.diagnosticLines
                == ["mlsys: \(path): could not be \(words) within the time limit of 0.3 s; nothing is written"])
    }

    @Test("The time limit ends it with one line, and nothing is written")
    func timeLimit() throws {
        try withPipe { pipe, folder in
            let problem = try folder.file("problem.json", Samples.problem)
            let output = ["-o", folder.path("s.json"), "--time-limit", "0.3"]
            try check(["solve", pipe] + output, named: pipe, "read")
            try check(["bound", pipe, "--time-limit", "0.3"], named: pipe, "read")
            try check(["export", pipe, "--format", "lp"] + output, named: pipe, "read")
            try check(["solve", problem, "--warm-start", pipe] + output, named: pipe, "read")
            try check(["solve", problem, "--log", pipe] + output, named: pipe, "opened")
            #expect(try folder.names() == ["pipe", "problem.json"])
        }
    }

    @Test("A signal ends it with one line, and nothing is written", arguments: [SIGINT, SIGTERM])
    func signals(signal: Int32) throws {
        try withTemporaryFolder { streams in
            try withPipe { pipe, folder in
                let program = try RunningProgram(in: streams, "solve", pipe, "-o", folder.path("s.json"))
                usleep(300_000)
                let ending = try program.end(by: signal)
                #expect(ending.code == 128 + signal && ending.seconds < 0.5)
                #expect(ending.diagnostics.count { $0 == "\n" } == 1)
                #expect(try folder.names() == ["pipe"])
            }
        }
    }
}
