import Foundation

/// Finds where a value stands in a JSON text.
///
/// A decoder tells of a fault by keys and positions in lists; people look for a line and a column.
struct JSONLocation {
    private let bytes: UnsafeRawBufferPointer
    private var index = 0

    /// ` (line 3, column 7)`, both from 1 and the column in bytes; empty where the path leads nowhere.
    ///
    /// - Parameters:
    ///   - path: keys and positions, outermost first.
    ///   - data: a text that a decoder has read, so that its form is sound.
    /// - Complexity: O(*bytes*).
    static func text(of path: [any CodingKey], in data: Data) -> String {
        data.withUnsafeBytes { bytes in
            var location = JSONLocation(bytes: bytes)
            for key in path {
                guard location.enter(key) else { return "" }
            }
            location.skipSpace()
            let before = bytes.prefix(min(location.index, bytes.count))
            let line = 1 + before.count { $0 == 0x0A }
            let column = before.count - (before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0) + 1
            return " (line \(line), column \(column))"
        }
    }

    private init(bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        // A byte order mark is no part of the text.
        if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { index = 3 }
    }

    /// Moves to an element of the value at the place; false if there is none.
    private mutating func enter(_ key: any CodingKey) -> Bool {
        skipSpace()
        let isList = key.intValue != nil
        guard peek() == UInt8(ascii: isList ? "[" : "{") else { return false }
        index += 1
        var position = 0
        while true {
            skipSpace()
            guard let byte = peek(), byte != UInt8(ascii: "]"), byte != UInt8(ascii: "}") else { return false }
            if isList {
                if position == key.intValue { return true }
            } else {
                let start = index
                skipValue()
                let name = try? JSONDecoder().decode(String.self, from: Data(bytes[start..<index]))
                skipSpace()
                index += 1
                if name == key.stringValue { return true }
            }
            skipValue()
            skipSpace()
            if peek() == UInt8(ascii: ",") { index += 1 }
            position += 1
        }
    }

    /// Moves behind a value: a text, a number or word, or everything up to the bracket that closes it.
    private mutating func skipValue() {
        skipSpace()
        var depth = 0
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: "\""): skipText()
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                depth += 1
                index += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                if depth == 0 { return }
                depth -= 1
                index += 1
            case UInt8(ascii: ","), UInt8(ascii: ":"):
                if depth == 0 { return }
                index += 1
            default: index += 1
            }
            if depth == 0, let next = peek(), Self.isSpace(next) { return }
        }
    }

    private mutating func skipText() {
        index += 1
        while let byte = peek(), byte != UInt8(ascii: "\"") { index += byte == UInt8(ascii: "\\") ? 2 : 1 }
        index += 1
    }

    private mutating func skipSpace() {
        while let byte = peek(), Self.isSpace(byte) { index += 1 }
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    private func peek() -> UInt8? { index < bytes.count ? bytes[index] : nil }
}
