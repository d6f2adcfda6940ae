import Foundation
import Testing

/// A program of the system that tests use when it is there.
public struct InstalledTool: Sendable {
    /// The program's name.
    public let name: String

    /// Graphviz, of Debian's `graphviz`.
    public static let dot = InstalledTool(name: "dot")
    /// The shells that completions are for.
    public static let bash = InstalledTool(name: "bash")
    /// Of Debian's `zsh`.
    public static let zsh = InstalledTool(name: "zsh")
    /// Of Debian's `fish`.
    public static let fish = InstalledTool(name: "fish")

    /// Python 3.
    public static let python = InstalledTool(name: "python3")

    /// The C compiler.
    public static let cc = InstalledTool(name: "cc")

    /// Why a tool was not run.
    public struct NotInstalled: Error {}

    private var path: String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Whether this machine has it.
    public var isInstalled: Bool { path != nil }

    /// What a skipped test says.
    public var absence: Comment { "needs \(name), which is not installed" }

    /// Runs the tool in `folder`; its exit code and what it prints on either stream.
    ///
    /// - Throws: ``NotInstalled``, or why it cannot be run.
    public func run(
        _ arguments: [String], in folder: URL, environment: [String: String] = [:]
    ) throws -> (exitCode: Int32, text: String) {
        guard let path else { throw NotInstalled() }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let output = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: text, as: UTF8.self))
    }
}
