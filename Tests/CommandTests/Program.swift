import Foundation
import TestSupport

/// The `mlsys` program that was built beside the tests.
enum Program {
    /// What one run did.
    struct Outcome {
        /// The exit code; nil when a signal ended the program or it ran out of time.
        var exitCode: Int32?
        var output: String
        var diagnostics: String

        var diagnosticLines: [Substring] {
            diagnostics.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        }
    }

    struct NotFound: Error {}

    /// What an instrumented program needs: where coverage is measured, it would leave a profile in the folder that it
    /// runs in, and where sanitizers look on, it has the options of `.ci/sanitize`.
    static let instrumentation: [String: String] = {
        let options = ProcessInfo.processInfo.environment.filter { ["ASAN_OPTIONS", "TSAN_OPTIONS"].contains($0.key) }
        return options.merging(["LLVM_PROFILE_FILE": "/dev/null"]) { $1 }
    }()

    /// `$MLSYS_PROGRAM`, or the program in the folder that the package manager builds into: the first one above the
    /// test runner that holds it.
    static func path() throws -> String {
        if let chosen = ProcessInfo.processInfo.environment["MLSYS_PROGRAM"], !chosen.isEmpty { return chosen }
        var folder = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent()
        while let candidate = folder, candidate.path != "/" {
            let program = candidate.appendingPathComponent("mlsys").path
            var isDirectory: ObjCBool = false
            if FileManager.default.fileExists(atPath: program, isDirectory: &isDirectory), !isDirectory.boolValue {
                return program
            }
            folder = candidate.deletingLastPathComponent()
        }
        throw NotFound()
    }

    /// Runs the program and waits for its end.
    static func run(_ arguments: String..., secondsAtMost: Double = 30) throws -> Outcome {
        try launch(path(), arguments, secondsAtMost: secondsAtMost)
    }

    /// Runs the program with these arguments and waits for its end.
    static func run(arguments: [String]) throws -> Outcome { try launch(path(), arguments, secondsAtMost: 30) }

    /// Runs a shell script that finds the program in `$mlsys`.
    static func shell(_ script: String, secondsAtMost: Double = 30) throws -> Outcome {
        try launch("/bin/sh", ["-c", script], secondsAtMost: secondsAtMost)
    }

    private static func launch(
        _ executable: String, _ arguments: [String], secondsAtMost: Double
    ) throws -> Outcome {
        try withTemporaryFolder { folder in
            // Files rather than pipes: whatever the program writes, nothing blocks.
            let process = Process()
            process.executableURL = URL(fileURLWithPath: executable)
            process.arguments = arguments
            process.environment = ["mlsys": try path(), "PATH": "/usr/bin:/bin"].merging(instrumentation) { $1 }
            process.standardInput = FileHandle.nullDevice
            let streams = ["output", "diagnostics"].map { folder.appendingPathComponent($0) }
            for stream in streams { try Data().write(to: stream) }
            process.standardOutput = try FileHandle(forWritingTo: streams[0])
            process.standardError = try FileHandle(forWritingTo: streams[1])
            let ended = DispatchSemaphore(value: 0)
            process.terminationHandler = { _ in ended.signal() }
            try process.run()
            let isInTime = ended.wait(timeout: .now() + secondsAtMost) == .success
            if !isInTime { process.terminate() }
            let texts = try streams.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
            let isExit = isInTime && process.terminationReason == .exit
            return Outcome(
                exitCode: isExit ? process.terminationStatus : nil, output: texts[0], diagnostics: texts[1])
        }
    }
}

extension URL {
    /// A file in this folder with this content; returns its path.
    func file(_ name: String, _ text: String) throws -> String {
        let url = appendingPathComponent(name)
        try Data(text.utf8).write(to: url)
        return url.path
    }

    /// The path of a file in this folder, whether it exists or not.
    func path(_ name: String) -> String { appendingPathComponent(name).path }

    /// The names of the files in this folder, sorted.
    func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
}
