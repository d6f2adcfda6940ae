import Foundation

/// Files beside the package that tests use when they are there.
public enum ExternalFiles {
    /// The root of the package, found from this source file.
    public static let packageRoot = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The contest's problem files, by name; empty when `$MLSYS_BENCHMARKS` or `../shared/benchmarks` has none.
    public static func benchmarkProblems() -> [URL] {
        let folder = location(variable: "MLSYS_BENCHMARKS", beside: "shared/benchmarks")
        let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        return files.filter { $0.pathExtension == "json" }
            .sorted { $0.lastPathComponent.localizedStandardCompare($1.lastPathComponent) == .orderedAscending }
    }

    /// The folder that the rules and the referee were copied from, `../shared/rules`; nil when it is not there.
    public static func originalRules() -> URL? {
        let folder = packageRoot.deletingLastPathComponent().appendingPathComponent("shared/rules")
        return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
    }

    private static func location(variable: String, beside path: String) -> URL {
        if let set = ProcessInfo.processInfo.environment[variable], !set.isEmpty { return URL(fileURLWithPath: set) }
        return packageRoot.deletingLastPathComponent().appendingPathComponent(path)
    }
}
