import Foundation
import TestSupport
import Testing

/// A solver's program that never ends does not outlive the run that started it.
@Suite("A solver's program that sleeps", .serialized)
struct SolverProgramTests {
    /// Its list schedule is not optimal, and no bound but the program's tells.
    private static let problem =
        ExternalFiles.packageRoot.appendingPathComponent("models/examples/crossed/problem.json").path

    /// Starts a run with a `cbc` that notes its number and sleeps, or has another program sleep.
    private func withSleepingSolver(
        script: String, _ options: String...,
        body: (_ program: RunningProgram, _ sleepers: () throws -> [pid_t]) throws -> Void
    ) throws {
        try withTemporaryFolder { folder in
            let programs = folder.appendingPathComponent("programs")
            try FileManager.default.createDirectory(at: programs, withIntermediateDirectories: false)
            let notes = folder.path("numbers")
            let path = try programs.file("cbc", script.replacing("NOTES", with: notes))
            #expect(chmod(path, 0o755) == 0)
            let program = try RunningProgram(
                in: folder, programs: programs,
                arguments: ["solve", Self.problem, "-o", folder.path("s.json"), "--solver", "cbc"] + options)
            program.wait(for: notes)
            try body(program) {
                try String(contentsOfFile: notes, encoding: .utf8).split(whereSeparator: \.isWhitespace)
                    .compactMap { pid_t($0) }
            }
        }
    }

    private static let alone = "#!/bin/sh\necho $$ > NOTES.new; mv NOTES.new NOTES; exec sleep 300\n"
    private static let withChild = "#!/bin/sh\nsleep 300 & echo $$ $! > NOTES.new; mv NOTES.new NOTES; wait\n"

    /// Whether a process is at work; one that has ended and waits for its parent is not.
    private func isAlive(_ process: pid_t) -> Bool {
        guard kill(process, 0) == 0 else { return false }
        let state = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
        return state.map { !$0.contains(") Z ") && !$0.contains(") X ") } ?? true
    }

    /// All of them are gone within a second.
    private func areGone(_ processes: [pid_t]) -> Bool {
        for _ in 0..<100 where processes.contains(where: isAlive) { usleep(10_000) }
        return !processes.contains(where: isAlive)
    }

    @Test("Ends with the run by a signal, with what it started itself", arguments: [SIGTERM, SIGINT])
    func signals(signal: Int32) throws {
        try withSleepingSolver(script: Self.withChild, "--method", "exact", "--engine", "program") {
            program, sleepers in
            let processes = try sleepers()
            #expect(processes.count == 2 && processes.allSatisfy(isAlive))
            let ending = try program.end(by: signal)
            #expect(ending.code == 0 && ending.output.contains("interrupted"))
            #expect(areGone(processes))
        }
    }

    @Test("Ends with the run by its time limit")
    func timeLimit() throws {
        try withSleepingSolver(
            script: Self.withChild, "--method", "exact", "--engine", "program", "--time-limit", "2"
        ) { program, sleepers in
            let processes = try sleepers()
            #expect(processes.count == 2 && processes.allSatisfy(isAlive))
            #expect(program.waitForEnd(secondsAtMost: 10))
            #expect(areGone(processes))
        }
    }

    #if os(Linux)
        @Test("Ends with a run that is killed")
        func killed() throws {
            try withSleepingSolver(script: Self.alone, "--method", "exact", "--engine", "program") {
                program, sleepers in
                let processes = try sleepers()
                #expect(processes.count == 1 && processes.allSatisfy(isAlive))
                #expect(try program.end(by: SIGKILL).code == 128 + SIGKILL)
                #expect(areGone(processes))
            }
        }
    #endif
}
