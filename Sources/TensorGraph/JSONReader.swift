import Foundation

/// A fault of a JSON text and where it is, in one line.
struct JSONSyntaxError: Error {
    /// What is wrong, with its line and column, both from 1 and the column in bytes.
    let message: String
}

/// Reads a JSON text (RFC 8259) in one pass over its bytes.
///
/// `JSONDecoder` accepts a comma before a closing bracket, keeps any one of equal keys, tells of a fault neither line
/// nor column, and takes many times as long for lists of numbers. It still tells what strings mean that are not ASCII.
struct JSONReader {
    private let bytes: UnsafeRawBufferPointer
    private(set) var index = 0
    /// Keys and positions of the value that is read, outermost first.
    var path: [JSONKey] = []
    /// The first value that is not of its type.
    var fault: JSONValueFault?

    /// Deeper nesting is a fault; no file of ours has more than four levels.
    private static let deepest = 512

    /// Reads a whole text.
    ///
    /// - Returns: the value, and the first value in the text that is not of its type, if there is one.
    /// - Throws: ``JSONSyntaxError`` for the first fault of the text's form.
    /// - Complexity: O(*bytes*).
    static func read<Value: JSONReadable>(
        _ type: Value.Type, from data: Data
    ) throws(JSONSyntaxError) -> (value: Value, fault: JSONValueFault?) {
        let result = data.withUnsafeBytes { bytes in
            Result { () throws(JSONSyntaxError) in
                var reader = JSONReader(bytes: bytes)
                let value = try Value(from: &reader)
                reader.skipSpace()
                guard reader.index == bytes.count else { throw reader.syntaxFault("something follows the end") }
                return (value, reader.fault)
            }
        }
        return try result.get()
    }

    private init(bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        // A byte order mark is no part of the text.
        if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { index = 3 }
    }

    // MARK: Whole values

    /// Moves behind a value of any type.
    mutating func skipValue() throws(JSONSyntaxError) {
        // The keys seen in each open object; nil for an open list.
        var open: [Set<String>?] = []
        var isComplete = try openValue(&open)
        while !isComplete || !open.isEmpty {
            guard isComplete else {
                isComplete = try openValue(&open)
                continue
            }
            let isObject = open[open.count - 1] != nil
            if try continues(until: isObject ? .object : .list) {
                if isObject { try readKey(&open[open.count - 1]) }
                isComplete = false
            } else {
                open.removeLast()
            }
        }
    }

    /// Reads a value up to its end, or a list or object up to its first element's start.
    ///
    /// - Returns: whether a whole value was read.
    private mutating func openValue(_ open: inout [Set<String>?]) throws(JSONSyntaxError) -> Bool {
        switch peekValue() {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            guard open.count < Self.deepest else { throw syntaxFault("nested more than \(Self.deepest) deep") }
            let bracket: Bracket = peek() == UInt8(ascii: "{") ? .object : .list
            guard begins(bracket) else { return true }
            open.append(bracket == .object ? [] : nil)
            if bracket == .object { try readKey(&open[open.count - 1]) }
            return false
        case UInt8(ascii: "\""): _ = try readString()
        case UInt8(ascii: "t"): try skip("true")
        case UInt8(ascii: "f"): try skip("false")
        case UInt8(ascii: "n"): try skip("null")
        default: _ = try readNumber()
        }
        return true
    }

    // MARK: Lists and objects

    /// What a value with elements is enclosed in.
    enum Bracket: UInt8 {
        case list = 0x5D
        case object = 0x7D
    }

    /// Moves into a list or object whose opening bracket is next; false, and behind it, if it is empty.
    mutating func begins(_ bracket: Bracket) -> Bool {
        index += 1
        guard peekValue() == bracket.rawValue else { return true }
        index += 1
        return false
    }

    /// Behind an element: moves to the next one; false, and behind the bracket, if there is none.
    mutating func continues(until bracket: Bracket) throws(JSONSyntaxError) -> Bool {
        switch peekValue() {
        case UInt8(ascii: ","):
            index += 1
            if peekValue() == bracket.rawValue { throw syntaxFault("a comma before a closing bracket") }
            return true
        case bracket.rawValue:
            index += 1
            return false
        default:
            throw syntaxFault("a comma or a closing bracket is missing")
        }
    }

    /// Reads a key and its colon; nil as the set of keys is for no object.
    @discardableResult
    mutating func readKey(_ keys: inout Set<String>?) throws(JSONSyntaxError) -> String {
        guard peekValue() == UInt8(ascii: "\"") else { throw syntaxFault("a key in quotes is missing") }
        let key = try readString()
        if keys?.insert(key).inserted == false {
            throw syntaxFault("the key \"\(key.prefix(40))\" stands twice in one object")
        }
        guard peekValue() == UInt8(ascii: ":") else { throw syntaxFault("a colon is missing") }
        index += 1
        return key
    }

    // MARK: Strings, numbers and words

    /// Reads a string whose opening quote is next.
    mutating func readString() throws(JSONSyntaxError) -> String {
        let start = index
        var isPlain = true
        index += 1
        while let byte = peek(), byte != UInt8(ascii: "\"") {
            if byte < 32 { throw syntaxFault("a control character in a text") }
            isPlain = isPlain && byte < 0x80 && byte != UInt8(ascii: "\\")
            index += byte == UInt8(ascii: "\\") ? 2 : 1
        }
        guard index < bytes.count else { throw syntaxFault("a text has no end") }
        index += 1
        if isPlain { return String(decoding: bytes[(start + 1)..<(index - 1)], as: UTF8.self) }
        // The decoder knows what escapes mean, and which bytes are no characters.
        guard let text = try? JSONDecoder().decode(String.self, from: Data(bytes[start..<index])) else {
            throw syntaxFault("a text has an escape or a byte that means nothing")
        }
        return text
    }

    /// Moves behind a number; its bytes.
    mutating func readNumber() throws(JSONSyntaxError) -> Slice<UnsafeRawBufferPointer> {
        let start = index
        if peek() == UInt8(ascii: "-") { index += 1 }
        let whole = index
        skipDigits()
        var isSound = index > whole && (bytes[whole] != UInt8(ascii: "0") || index == whole + 1)
        if peek() == UInt8(ascii: ".") {
            index += 1
            let fraction = index
            skipDigits()
            isSound = isSound && index > fraction
        }
        if peek() == UInt8(ascii: "e") || peek() == UInt8(ascii: "E") {
            index += 1
            if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { index += 1 }
            let exponent = index
            skipDigits()
            isSound = isSound && index > exponent
        }
        guard isSound else {
            index = start
            throw syntaxFault(start == bytes.count ? "it ends too early" : "no value where one belongs")
        }
        return bytes[start..<index]
    }

    private mutating func skipDigits() {
        while index < bytes.count, bytes[index] >= UInt8(ascii: "0"), bytes[index] <= UInt8(ascii: "9") { index += 1 }
    }

    /// Moves behind a word that is next.
    mutating func skip(_ word: StaticString) throws(JSONSyntaxError) {
        let isThere =
            index + word.utf8CodeUnitCount <= bytes.count
            && (0..<word.utf8CodeUnitCount).allSatisfy { bytes[index + $0] == word.utf8Start[$0] }
        guard isThere else { throw syntaxFault("no value where one belongs") }
        index += word.utf8CodeUnitCount
    }

    // MARK: Places

    /// Moves to the next byte that is no space; nil at the end of the text.
    mutating func peekValue() -> UInt8? {
        skipSpace()
        return peek()
    }

    private mutating func skipSpace() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x0A, 0x0D, 0x09: index += 1
            default: return
            }
        }
    }

    private func peek() -> UInt8? { index < bytes.count ? bytes[index] : nil }

    /// ` (line 3, column 7)` for a byte.
    func place(of offset: Int) -> String {
        let before = bytes.prefix(min(offset, bytes.count))
        let line = 1 + before.count { $0 == 0x0A }
        let column = before.count - (before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0) + 1
        return " (line \(line), column \(column))"
    }

    private func syntaxFault(_ what: String) -> JSONSyntaxError { JSONSyntaxError(message: what + place(of: index)) }
}
