import Foundation

/// A fault of a JSON text and where it is, in one line.
struct JSONSyntaxError: Error {
    /// What is wrong, with its line and column, both from 1 and the column in bytes.
    let message: String
}

/// Checks a text against the grammar of JSON (RFC 8259) and for keys that stand twice in an object.
///
/// `JSONDecoder` accepts a comma before a closing bracket, and of equal keys it keeps any one.
struct JSONSyntax {
    private let bytes: UnsafeRawBufferPointer
    private var index = 0
    /// The keys seen in each open object; nil for an open list.
    private var open: [Set<String>?] = []

    /// Deeper nesting is a fault; no file of ours has more than four levels.
    private static let deepest = 512

    /// Checks a whole text.
    ///
    /// - Throws: ``JSONSyntaxError`` for the first fault.
    /// - Complexity: O(*bytes*).
    static func check(_ data: Data) throws(JSONSyntaxError) {
        let result = data.withUnsafeBytes { bytes in
            Result { () throws(JSONSyntaxError) in
                var syntax = JSONSyntax(bytes: bytes)
                try syntax.checkText()
            }
        }
        try result.get()
    }

    private init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    private mutating func checkText() throws(JSONSyntaxError) {
        // A byte order mark is no part of the text.
        if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { index = 3 }
        var isComplete = try openValue()
        while !isComplete || !open.isEmpty {
            if isComplete {
                isComplete = try closeOrContinue()
            } else {
                isComplete = try openValue()
            }
        }
        skipSpace()
        if index < bytes.count { throw fault("something follows the end") }
    }

    /// Reads a value up to its end, or a list or object up to its first element's start.
    ///
    /// - Returns: whether a whole value was read.
    private mutating func openValue() throws(JSONSyntaxError) -> Bool {
        skipSpace()
        switch peek() {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            let isObject = peek() == UInt8(ascii: "{")
            guard open.count < Self.deepest else { throw fault("nested more than \(Self.deepest) deep") }
            index += 1
            skipSpace()
            if peek() == UInt8(ascii: isObject ? "}" : "]") {
                index += 1
                return true
            }
            open.append(isObject ? [] : nil)
            if isObject { try readKey() }
            return false
        case UInt8(ascii: "\""):
            try skipString()
        case UInt8(ascii: "t"): try skip("true")
        case UInt8(ascii: "f"): try skip("false")
        case UInt8(ascii: "n"): try skip("null")
        default: try skipNumber()
        }
        return true
    }

    /// Behind an element: a comma and what has to follow it, or the end of the list or object.
    ///
    /// - Returns: whether a whole value was read.
    private mutating func closeOrContinue() throws(JSONSyntaxError) -> Bool {
        skipSpace()
        let isObject = open[open.count - 1] != nil
        switch peek() {
        case UInt8(ascii: ","):
            index += 1
            skipSpace()
            if peek() == UInt8(ascii: isObject ? "}" : "]") { throw fault("a comma before a closing bracket") }
            if isObject { try readKey() }
            return false
        case UInt8(ascii: isObject ? "}" : "]"):
            index += 1
            open.removeLast()
            return true
        default:
            throw fault("a comma or a closing bracket is missing")
        }
    }

    private mutating func readKey() throws(JSONSyntaxError) {
        guard peek() == UInt8(ascii: "\"") else { throw fault("a key in quotes is missing") }
        let start = index
        try skipString()
        let text = Data(bytes[start..<index])
        // The decoder knows what escapes mean.
        guard let key = try? JSONDecoder().decode(String.self, from: text) else { throw fault("a key is no text") }
        if open[open.count - 1]?.insert(key).inserted == false {
            throw fault("the key \"\(key.prefix(40))\" stands twice in one object")
        }
        skipSpace()
        guard peek() == UInt8(ascii: ":") else { throw fault("a colon is missing") }
        index += 1
    }

    private mutating func skipString() throws(JSONSyntaxError) {
        index += 1
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                index += 1
                return
            case UInt8(ascii: "\\"): index += 2
            case 0..<32: throw fault("a control character in a text")
            default: index += 1
            }
        }
        throw fault("a text has no end")
    }

    private mutating func skipNumber() throws(JSONSyntaxError) {
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
        guard isSound else { throw fault(start == bytes.count ? "it ends too early" : "no value where one belongs") }
    }

    private mutating func skipDigits() {
        while index < bytes.count, bytes[index] >= UInt8(ascii: "0"), bytes[index] <= UInt8(ascii: "9") { index += 1 }
    }

    private mutating func skip(_ word: StaticString) throws(JSONSyntaxError) {
        let isThere =
            index + word.utf8CodeUnitCount <= bytes.count
            && (0..<word.utf8CodeUnitCount).allSatisfy { bytes[index + $0] == word.utf8Start[$0] }
        guard isThere else { throw fault("no value where one belongs") }
        index += word.utf8CodeUnitCount
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

    private func fault(_ what: String) -> JSONSyntaxError {
        let before = bytes.prefix(min(index, bytes.count))
        let line = 1 + before.count { $0 == 0x0A }
        let column = before.count - (before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0) + 1
        return JSONSyntaxError(message: "\(what) (line \(line), column \(column))")
    }
}
