import Foundation

/// A type whose numbers tell where they stand when they do not fit.
///
/// `JSONDecoder` reports a number that its type cannot hold, such as 1.5 for an `Int`, as a fault of the whole file.
/// Decoding the same JSON once more into ``Twin``, number by number, finds the one at fault.
protocol Locatable: Decodable {
    /// The same shape, slower to decode, with errors that say where.
    associatedtype Twin: Decodable
}

/// A number that reports its place.
struct Located<Number: Decodable>: Decodable {
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        do {
            _ = try container.decode(Number.self)
        } catch let error where isUnlocated(error) {
            let fault = Number.self == Int.self ? "is not a whole number in range" : "is out of range"
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: fault))
        }
    }
}

/// True for the parser's own error, which becomes one about the whole file unless something catches it.
private func isUnlocated(_ error: any Error) -> Bool {
    guard case DecodingError.dataCorrupted(let context) = error else { return !(error is DecodingError) }
    return context.codingPath.isEmpty
}

extension Int: Locatable { typealias Twin = Located<Int> }
extension Double: Locatable { typealias Twin = Located<Double> }
extension String: Locatable { typealias Twin = String }
extension Array: Locatable where Element: Locatable { typealias Twin = [Element.Twin] }
extension Optional: Locatable where Wrapped: Locatable { typealias Twin = Wrapped.Twin? }

/// Longer lists are refused unread, before they cost minutes and gigabytes: no problem has as many tensors.
private let largestListCount = 1 << 23

extension KeyedDecodingContainer {
    /// Decodes a value as `decode(_:forKey:)` does, and names the place of a number that does not fit.
    func decodeLocated<Value: Locatable>(_ key: Key) throws -> Value {
        if let count = try? nestedUnkeyedContainer(forKey: key).count, count > largestListCount {
            throw DecodingError.dataCorrupted(
                .init(codingPath: codingPath + [key], debugDescription: "has \(count) entries, too many to read"))
        }
        do {
            return try decode(Value.self, forKey: key)
        } catch let error where isUnlocated(error) {
            _ = try decode(Value.Twin.self, forKey: key)
            throw error
        }
    }

    /// The same for a list that may be missing or null.
    func decodeLocatedIfPresent<Value: Locatable>(_ key: Key) throws -> Value? {
        guard contains(key), try !decodeNil(forKey: key) else { return nil }
        return try decodeLocated(key) as Value
    }
}
