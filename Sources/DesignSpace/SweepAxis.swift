import Foundation

/// The values of one dimension of a sweep, as the command line says them.
///
/// A list such as `32k,64k` or a range `FIRST:LAST:STEP`, where the step is `x2` for a factor and `+16` for a
/// difference; the last value is part of the range when the steps meet it. k, M and G are 2^10, 2^20 and 2^30. Values
/// come back ascending.
public enum SweepAxis {
    /// Why a text is no axis, in one sentence.
    public struct Fault: Error, Sendable, CustomStringConvertible {
        /// The sentence.
        public let description: String
    }

    /// More values than this are a slip of the pen.
    static let maximumCount = 10_000

    /// Whole numbers, at least 1.
    public static func integers(_ text: String) throws(Fault) -> [Int] {
        let values = try numbers(text).map { Int($0.rounded(.down)) }
        guard values.allSatisfy({ $0 >= 1 }) else { throw Fault(description: "\(text) has values below 1") }
        return Array(Set(values)).sorted()
    }

    /// Numbers above 0.
    public static func numbers(_ text: String) throws(Fault) -> [Double] {
        var values: Set<Double> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            values.formUnion(try range(String(part)))
        }
        return values.sorted()
    }

    /// Native tiles: `128x64` is 128 columns and 64 rows, `128` a square; ranges are of squares.
    public static func tiles(_ text: String) throws(Fault) -> [(width: Int, height: Int)] {
        var tiles: [(width: Int, height: Int)] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let sides = part.split(separator: "x", omittingEmptySubsequences: false)
            if !part.contains(":"), sides.count == 2 {
                tiles.append((try side(sides[0], part), try side(sides[1], part)))
            } else {
                tiles += try integers(String(part)).map { ($0, $0) }
            }
        }
        var seen: Set<[Int]> = []
        return tiles.sorted { ($0.width * 1, $0.height) < ($1.width, $1.height) }
            .filter { seen.insert([$0.width, $0.height]).inserted }
    }

    private static func side(_ text: Substring, _ part: Substring) throws(Fault) -> Int {
        let value = try number(text)
        guard value >= 1, value == value.rounded() else {
            throw Fault(description: "\(part) is no tile: WIDTHxHEIGHT, whole numbers")
        }
        return Int(value)
    }

    private static func range(_ text: String) throws(Fault) -> [Double] {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count > 1 else { return [try number(text[...])] }
        guard parts.count == 3 else { throw Fault(description: "\(text) is no range: FIRST:LAST:xFACTOR or :+STEP") }
        let (first, last) = (try number(parts[0]), try number(parts[1]))
        guard last >= first else { throw Fault(description: "\(text) ends below its start") }
        let isFactor = parts[2].hasPrefix("x")
        guard isFactor || parts[2].hasPrefix("+") else {
            throw Fault(description: "\(parts[2]) is no step: xFACTOR such as x2, or +DIFFERENCE such as +16")
        }
        let step = try number(parts[2].dropFirst())
        guard isFactor ? step > 1 : step > 0 else {
            throw Fault(description: "the step \(parts[2]) leads nowhere")
        }
        var values: [Double] = []
        var value = first
        // A last value that rounding puts a hair above the end belongs to the range.
        while value <= last * (1 + 1e-9) {
            guard values.count < maximumCount else {
                throw Fault(description: "\(text) has more than \(maximumCount) values")
            }
            values.append(min(value, last))
            value = isFactor ? first * pow(step, Double(values.count)) : first + step * Double(values.count)
        }
        return values
    }

    private static let units: [Character: Double] = ["k": 0x1p10, "M": 0x1p20, "G": 0x1p30]

    private static func number(_ text: Substring) throws(Fault) -> Double {
        var digits = text
        var unit = 1.0
        if let last = text.last, let known = units[last] {
            unit = known
            digits = text.dropLast()
        }
        let isPlain = !digits.isEmpty && digits.allSatisfy { $0.isASCII && ($0.isNumber || ".eE+-".contains($0)) }
        guard isPlain, let value = Double(digits), value * unit >= 0x1p-53, value * unit <= 0x1p53 else {
            throw Fault(description: "\"\(text)\" is no number above 0 and at most 2^53")
        }
        return value * unit
    }
}
