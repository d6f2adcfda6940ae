import TensorGraph
import TestSupport

/// Damages the text of a JSON file in the ways that files get damaged, and in those that find bugs.
struct Mutator {
    /// What is changed.
    enum Level: String, CaseIterable, Sendable {
        /// Bytes, without regard to what they mean.
        case bytes
        /// Values, lists and fields: dropped, doubled, exchanged, of another type.
        case structure
        /// Numbers: zero, negative, large, off by one, fractions.
        case numbers
    }

    private var random: RandomSource

    init(seed: UInt64) { random = RandomSource(seed: seed) }

    /// The text with one to three changes, mostly one: more than that seldom gets past the reader.
    mutating func mutate(_ text: String, _ level: Level) -> [UInt8] {
        var bytes = Array(text.utf8)
        for _ in 0..<max(1, Int.random(in: -3...3, using: &random)) where !bytes.isEmpty {
            switch level {
            case .bytes: mutateBytes(&bytes)
            case .structure: mutateStructure(&bytes)
            case .numbers: mutateNumber(&bytes)
            }
        }
        return bytes
    }

    // MARK: Bytes

    private static let fragments = [
        "null", "true", "[", "]", "{", "}", ",", ":", "\"", "\\", "\\u0000", "\0", "-", "1e999", "NaN", "[[[[[[",
        "\u{FEFF}",
    ]

    private mutating func mutateBytes(_ bytes: inout [UInt8]) {
        let range = randomRange(in: bytes.indices)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: bytes[range.lowerBound] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1: bytes[range.lowerBound] = UInt8.random(in: 0...255, using: &random)
        case 2: bytes.removeSubrange(range)
        case 3: bytes.insert(contentsOf: bytes[range], at: range.lowerBound)
        case 4: bytes.removeSubrange(range.lowerBound...)
        default: bytes.insert(contentsOf: pick(Self.fragments).utf8, at: range.lowerBound)
        }
    }

    private mutating func randomRange(in indices: Range<Int>) -> Range<Int> {
        let start = Int.random(in: indices, using: &random)
        return start..<min(indices.upperBound, start + 1 + Int.random(in: 0..<20, using: &random))
    }

    private mutating func pick(_ choices: [String]) -> String {
        choices[Int.random(in: choices.indices, using: &random)]
    }

    // MARK: Structure

    private static let values = [
        "null", "true", "0", "-1", "1.5", "\"MatMul\"", "\"\"", "[]", "[[]]", "{}", "[0]", "[0, 0]", "[null]",
    ]

    private mutating func mutateStructure(_ bytes: inout [UInt8]) {
        let values = valueRanges(in: bytes)
        guard let range = values.randomElement(using: &random), let other = values.randomElement(using: &random) else {
            return
        }
        switch Int.random(in: 0..<6, using: &random) {
        case 0: bytes.replaceSubrange(range, with: pick(Self.values).utf8)
        case 1: bytes.replaceSubrange(range, with: bytes[other])
        case 2: bytes.insert(contentsOf: bytes[range] + Array(", ".utf8), at: range.lowerBound)
        case 3: bytes.insert(contentsOf: (pick(Self.values) + ", ").utf8, at: range.lowerBound)
        case 4: removeElement(range, from: &bytes)
        default: bytes.replaceSubrange(range, with: Array("[".utf8) + bytes[range] + Array("]".utf8))
        }
    }

    /// Where values stand: lists with all that is in them, numbers, strings; keys too.
    private func valueRanges(in bytes: [UInt8]) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var open: [Int] = []
        var index = 0
        while index < bytes.count {
            let start = index
            index += 1
            switch bytes[start] {
            case UInt8(ascii: "["), UInt8(ascii: "{"): open.append(start)
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                if let first = open.popLast() { ranges.append(first..<index) }
            case UInt8(ascii: "\""):
                while index < bytes.count, bytes[index] != UInt8(ascii: "\"") { index += 1 }
                index = min(index + 1, bytes.count)
                ranges.append(start..<index)
            case let byte where isNumeric(byte):
                while index < bytes.count, isNumeric(bytes[index]) { index += 1 }
                ranges.append(start..<index)
            default: break
            }
        }
        return ranges
    }

    private func isNumeric(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "+-.eE".utf8.contains(byte)
    }

    /// Removes a value and the comma behind or before it.
    private func removeElement(_ range: Range<Int>, from bytes: inout [UInt8]) {
        var (start, end) = (range.lowerBound, range.upperBound)
        if end < bytes.count, bytes[end] == UInt8(ascii: ",") {
            end += 1
        } else if start > 1, bytes[start - 2] == UInt8(ascii: ",") {
            start -= 2
        }
        bytes.removeSubrange(start..<end)
    }

    // MARK: Numbers

    private static let numbers = [
        "0", "-1", "1", "2", "3", "127", "128", "129", "1024", "100000", "2147483647", "4294967296", "94906267",
        "9007199254740992", "9007199254740993", "9223372036854775807", "-9223372036854775808", "9223372036854775808",
        "1e15", "1e308", "1e309", "5e-324", "1e-10", "0.5", "-0.0", "1e2",
    ]

    private mutating func mutateNumber(_ bytes: inout [UInt8]) {
        var ranges = valueRanges(in: bytes).filter { isNumeric(bytes[$0.lowerBound]) }
        // Most numbers are small ids; the larger ones are sizes, costs and the hardware.
        if Bool.random(using: &random) { ranges.removeAll { $0.count < 2 } }
        guard let range = ranges.randomElement(using: &random) else { return }
        let old = Int(String(decoding: bytes[range], as: UTF8.self)) ?? 1
        let new =
            switch Int.random(in: 0..<4, using: &random) {
            case 0: String(old &+ Int.random(in: -2...2, using: &random))
            case 1: String(old &* Int.random(in: 2...9, using: &random))
            default: pick(Self.numbers)
            }
        // One value everywhere keeps shapes in agreement, so that the file gets past validation.
        if Bool.random(using: &random) {
            let same = ranges.filter { bytes[$0] == bytes[range] }
            for range in same.reversed() { bytes.replaceSubrange(range, with: new.utf8) }
        } else {
            bytes.replaceSubrange(range, with: new.utf8)
        }
    }
}
