import Foundation

/// A report as JSON on one line, keys in snake case and sorted, with a newline at the end.
///
/// - Throws: `EncodingError` for a number that JSON has no form for; a valid problem has no such latency.
public func jsonLine(_ report: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return String(decoding: try encoder.encode(report), as: UTF8.self) + "\n"
}
