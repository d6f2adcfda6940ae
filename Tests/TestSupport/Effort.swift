import Foundation

/// How many cases a test of random input tries.
///
/// By default so many that all tests take minutes; with `MLSYS_THOROUGH=1` all of them.
public enum Effort {
    private static let isThorough = ProcessInfo.processInfo.environment["MLSYS_THOROUGH"] == "1"

    /// - Parameters:
    ///   - usual: cases by default.
    ///   - thorough: cases of a thorough run.
    public static func cases(_ usual: Int, thorough: Int) -> Int { isThorough ? thorough : usual }
}
