import Foundation

/// The program while it runs, to be stopped by a signal.
final class RunningProgram {
    private let process = Process()
    private let ended = DispatchSemaphore(value: 0)
    private let streams: [URL]

    /// Starts it; what it prints goes to files in this folder.
    convenience init(in folder: URL, _ arguments: String...) throws {
        try self.init(in: folder, arguments: arguments)
    }

    /// Starts it; `programs` is a folder that is searched for programs before all others.
    init(in folder: URL, programs: URL? = nil, arguments: [String]) throws {
        process.executableURL = URL(fileURLWithPath: try Program.path())
        process.arguments = arguments
        var environment = ProcessInfo.processInfo.environment.merging(Program.instrumentation) { $1 }
        if let programs { environment["PATH"] = "\(programs.path):\(environment["PATH"] ?? "/usr/bin:/bin")" }
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        streams = ["output", "diagnostics"].map { folder.appendingPathComponent($0) }
        for stream in streams { try Data().write(to: stream) }
        process.standardOutput = try FileHandle(forWritingTo: streams[0])
        process.standardError = try FileHandle(forWritingTo: streams[1])
        let ended = ended
        process.terminationHandler = { _ in ended.signal() }
        try process.run()
    }

    /// Waits until there is a file, or for 20 seconds.
    func wait(for path: String) {
        let deadline = ContinuousClock.now + .seconds(20)
        while !FileManager.default.fileExists(atPath: path), ContinuousClock.now < deadline { usleep(200) }
    }

    /// Waits for the end, as long as `secondsAtMost`; false if it did not come.
    func waitForEnd(secondsAtMost: Double) -> Bool { ended.wait(timeout: .now() + secondsAtMost) == .success }

    /// What came of it after a signal.
    struct Ending {
        /// The exit code, or 128 and the signal that ended it.
        let code: Int32
        /// Seconds from the signal to the end.
        let seconds: Double
        let output: String
        let diagnostics: String
    }

    /// Sends a signal and waits for the end.
    func end(by signal: Int32) throws -> Ending {
        let start = ContinuousClock.now
        kill(process.processIdentifier, signal)
        if ended.wait(timeout: .now() + 20) == .timedOut { kill(process.processIdentifier, SIGKILL) }
        let seconds = start.duration(to: .now) / .seconds(1)
        let texts = try streams.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
        return Ending(
            code: process.terminationStatus + (process.terminationReason == .exit ? 0 : 128), seconds: seconds,
            output: texts[0], diagnostics: texts[1])
    }
}
