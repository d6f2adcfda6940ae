import Foundation

/// A JSON object with fields by name.
struct JSONObject {
    struct NotAnObject: Error {}

    private let fields: [String: Any]

    /// Parses one.
    init(_ text: String) throws { try self.init(try JSONSerialization.jsonObject(with: Data(text.utf8))) }

    /// One that is a field of another.
    init(_ value: Any?) throws {
        guard let fields = value as? [String: Any] else { throw NotAnObject() }
        self.fields = fields
    }

    subscript(name: String) -> Any? { fields[name] }
}
