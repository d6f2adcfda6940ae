import Foundation

/// A JSON Schema of the keywords that ours use; any other keyword is a fault, so that nothing goes unchecked.
public struct JSONSchema {
    private let root: JSONValue

    /// A schema of this repository, by its file's name in `models/schema`.
    public init(named name: String) throws {
        let file = ExternalFiles.packageRoot.appendingPathComponent("models/schema/\(name).schema.json")
        root = try JSONValue(parsing: String(contentsOf: file, encoding: .utf8))
    }

    /// A schema from its text.
    public init(parsing text: String) throws { root = try JSONValue(parsing: text) }

    /// What is wrong with a text, each with its place; empty when it is valid.
    public func faults(in text: String) throws -> [String] { faults(try JSONValue(parsing: text), root, at: "$") }

    private static let annotations: Set = ["$schema", "$defs", "title", "description"]

    private func faults(_ value: JSONValue, _ schema: JSONValue, at place: String) -> [String] {
        guard case .object(let keywords) = schema else { return ["\(place): the schema is not an object"] }
        return keywords.sorted { $0.key < $1.key }.flatMap { keyword, argument -> [String] in
            guard !Self.annotations.contains(keyword) else { return [] }
            return check(value, keyword, argument, schema: keywords, at: place)
        }
    }

    private func check(
        _ value: JSONValue, _ keyword: String, _ argument: JSONValue, schema: [String: JSONValue], at place: String
    ) -> [String] {
        func fault(unless isValid: Bool) -> [String] {
            isValid ? [] : ["\(place): \(value) breaks \(keyword) \(argument)"]
        }
        switch (keyword, argument) {
        case ("$ref", .string(let path)):
            guard path.hasPrefix("#/$defs/"), let target = root["$defs"]?[String(path.dropFirst(8))] else {
                return ["\(place): no definition \(path)"]
            }
            return faults(value, target, at: place)
        case ("oneOf", .array(let choices)):
            let outcomes = choices.map { faults(value, $0, at: place) }
            let matches = outcomes.count { $0.isEmpty }
            let closest = outcomes.min { $0.count < $1.count } ?? []
            return matches == 1 ? [] : ["\(place): \(matches) of oneOf match"] + (matches == 0 ? closest : [])
        case ("const", _): return fault(unless: value == argument)
        case ("enum", .array(let values)): return fault(unless: values.contains(value))
        case ("type", .string(let type)): return fault(unless: Self.isOf(type, value))
        case ("minimum", .number(let limit)): return fault(unless: value.number.map { $0 >= limit } ?? true)
        case ("maximum", .number(let limit)): return fault(unless: value.number.map { $0 <= limit } ?? true)
        case ("minItems", .number(let limit)):
            return fault(unless: value.array.map { Double($0.count) >= limit } ?? true)
        case ("maxItems", .number(let limit)):
            return fault(unless: value.array.map { Double($0.count) <= limit } ?? true)
        case ("items", _):
            return (value.array ?? []).enumerated().flatMap { faults($1, argument, at: "\(place)[\($0)]") }
        case ("required", .array(let names)):
            return names.compactMap(\.string).filter { value.object != nil && value[$0] == nil }
                .map { "\(place): \($0) is missing" }
        case ("properties", .object(let properties)):
            return properties.sorted { $0.key < $1.key }.flatMap { name, property in
                value[name].map { faults($0, property, at: "\(place).\(name)") } ?? []
            }
        case ("additionalProperties", _):
            let known = schema["properties"]?.object ?? [:]
            return (value.object ?? [:]).filter { known[$0.key] == nil }.flatMap { name, field in
                argument == .bool(false)
                    ? ["\(place): \(name) is not known"] : faults(field, argument, at: "\(place).\(name)")
            }
        default: return ["\(place): the keyword \(keyword) is not supported"]
        }
    }

    private static func isOf(_ type: String, _ value: JSONValue) -> Bool {
        switch (type, value) {
        case ("null", .null), ("boolean", .bool), ("number", .number), ("string", .string), ("array", .array),
            ("object", .object):
            true
        case ("integer", .number(let number)): number == number.rounded()
        default: false
        }
    }
}
