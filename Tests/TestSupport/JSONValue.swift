import Foundation

/// Any JSON, its types told apart.
public enum JSONValue: Decodable, Equatable, Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// Parses a text.
    public init(parsing text: String) throws {
        self = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
    }

    /// Decodes a value of any type.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    /// The field of an object.
    public subscript(name: String) -> JSONValue? {
        if case .object(let fields) = self { fields[name] } else { nil }
    }

    /// The value, if it is a number.
    public var number: Double? { if case .number(let value) = self { value } else { nil } }
    /// The value, if it is a string.
    public var string: String? { if case .string(let value) = self { value } else { nil } }
    /// The value, if it is true or false.
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    /// The value, if it is a list of numbers.
    public var numbers: [Double]? {
        guard let numbers = array?.compactMap(\.number), numbers.count == array?.count else { return nil }
        return numbers
    }
    /// The value, if it is a list of strings.
    public var strings: [String]? {
        guard let strings = array?.compactMap(\.string), strings.count == array?.count else { return nil }
        return strings
    }
    /// The value, if it is a list.
    public var array: [JSONValue]? { if case .array(let values) = self { values } else { nil } }
    /// The value, if it is an object.
    public var object: [String: JSONValue]? { if case .object(let fields) = self { fields } else { nil } }
}
