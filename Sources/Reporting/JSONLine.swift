import Foundation

/// A report as JSON on one line, keys in snake case and sorted, with a newline at the end.
///
/// - Throws: `EncodingError` for a number that JSON has no form for; a valid problem has no such latency.
package func jsonLine(_ report: some Encodable) throws -> String {
    try jsonText(report, keys: .convertToSnakeCase)
}

/// A value as JSON on one line, keys sorted and as they are unless told otherwise, with a newline at the end.
func jsonText(_ value: some Encodable, keys: JSONEncoder.KeyEncodingStrategy = .useDefaultKeys) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = keys
    return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
}
