/// A type that is read from JSON in one pass.
protocol JSONReadable {
    /// Reads the value that is next.
    ///
    /// A value of another type is noted as the reader's fault, and anything is made in its place, so that reading goes
    /// on: a text that is no JSON further down is told to be that.
    init(from reader: inout JSONReader) throws(JSONSyntaxError)
}

/// A key of an object or a position in a list.
enum JSONKey: CustomStringConvertible {
    case field(String)
    case position(Int)

    /// As behind the name of what it is a part of.
    var description: String {
        switch self {
        case .field(let name): ".\(name)"
        case .position(let position): "[\(position)]"
        }
    }

    var position: Int? {
        guard case .position(let position) = self else { return nil }
        return position
    }
}

/// A value that is sound JSON and not of its type.
struct JSONValueFault {
    /// Keys and positions, outermost first; nil if it is about no one value.
    let path: [JSONKey]?
    /// What is wrong with it.
    let message: String
    /// ` (line 3, column 7)`, from 1 and the column in bytes; empty for the text as a whole.
    let place: String

    /// One line: what an element is about, its place among the fields, what is wrong with it, where in the text it is.
    func description(_ describe: (_ list: String, _ index: Int) -> String?) -> String {
        guard let path else { return message }
        guard case .field(let list) = path.first else { return "the file as a whole \(message)" }
        let field = path.dropFirst().reduce(list) { $0 + $1.description }
        let element = path.lazy.compactMap(\.position).first.flatMap { describe(list, $0) }
        return (element.map { "\($0): " } ?? "") + "\"\(field)\" \(message)\(place)"
    }
}

/// Longer lists are refused before they cost minutes and gigabytes: no problem has as many tensors.
private let largestListCount = 1 << 23

extension JSONReader {
    /// The value that is next, of the type that is asked for.
    mutating func value<Value: JSONReadable>() throws(JSONSyntaxError) -> Value { try Value(from: &self) }

    /// Reads an object field by field.
    ///
    /// - Parameters:
    ///   - required: fields that have to be there.
    ///   - field: reads the value of a field; fields that are none of the type's are skipped.
    mutating func readObject<Field: RawRepresentable<String>>(
        required: [Field], _ field: (Field, inout JSONReader) throws(JSONSyntaxError) -> Void
    ) throws(JSONSyntaxError) {
        guard peekValue() == UInt8(ascii: "{") else { return try skipFault("an object") }
        var keys: Set<String>? = []
        if begins(.object) {
            repeat {
                let key = try readKey(&keys)
                path.append(.field(key))
                if let known = Field(rawValue: key) { try field(known, &self) } else { try skipValue() }
                path.removeLast()
            } while try continues(until: .object)
        }
        guard fault == nil, let missing = required.map(\.rawValue).first(where: { keys?.contains($0) == false }) else {
            return
        }
        fault = JSONValueFault(path: nil, message: "the field \"\(missing)\" is missing", place: "")
    }

    fileprivate mutating func readList<Element: JSONReadable>() throws(JSONSyntaxError) -> [Element] {
        var elements: [Element] = []
        guard peekValue() == UInt8(ascii: "[") else {
            try skipFault("a list")
            return elements
        }
        let start = index
        guard begins(.list) else { return elements }
        var isTooLong = false
        path.append(.position(0))
        repeat {
            if elements.count < largestListCount {
                path[path.count - 1] = .position(elements.count)
                elements.append(try value())
            } else {
                isTooLong = true
                try skipValue()
            }
        } while try continues(until: .list)
        path.removeLast()
        if isTooLong { note("has more than \(largestListCount) entries, too many to read", at: start) }
        return elements
    }

    /// Notes that the value that is next is not of its type, and skips it.
    fileprivate mutating func skipFault(_ type: String) throws(JSONSyntaxError) {
        note(peekValue() == UInt8(ascii: "n") ? "is null, not \(type)" : "is not \(type)", at: index)
        try skipValue()
    }

    /// Notes what is wrong with the value that starts at a byte, unless an earlier one is wrong.
    private mutating func note(_ message: String, at start: Int) {
        guard fault == nil else { return }
        fault = JSONValueFault(path: path, message: message, place: path.isEmpty ? "" : place(of: start))
    }

    /// True if the value that is next is a number.
    private mutating func isAtNumber() -> Bool {
        guard let byte = peekValue() else { return false }
        return byte == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

extension Int: JSONReadable {
    init(from reader: inout JSONReader) throws(JSONSyntaxError) { self = try reader.readInteger() }
}

extension Double: JSONReadable {
    init(from reader: inout JSONReader) throws(JSONSyntaxError) { self = try reader.readDouble() }
}

extension String: JSONReadable {
    init(from reader: inout JSONReader) throws(JSONSyntaxError) {
        if reader.peekValue() == UInt8(ascii: "\"") {
            self = try reader.readString()
        } else {
            self = ""
            try reader.skipFault("a string")
        }
    }
}

extension Array: JSONReadable where Element: JSONReadable {
    init(from reader: inout JSONReader) throws(JSONSyntaxError) { self = try reader.readList() }
}

extension Optional: JSONReadable where Wrapped: JSONReadable {
    init(from reader: inout JSONReader) throws(JSONSyntaxError) {
        if reader.peekValue() == UInt8(ascii: "n") {
            self = nil
            try reader.skip("null")
        } else {
            self = try Wrapped(from: &reader)
        }
    }
}

extension JSONReader {
    fileprivate mutating func readInteger() throws(JSONSyntaxError) -> Int {
        guard isAtNumber() else {
            try skipFault("a whole number")
            return 0
        }
        let start = index
        let digits = try readNumber()
        if let number = Self.natural(digits) { return number }
        let text = String(decoding: digits, as: UTF8.self)
        // 3.0 and 3e2 are whole numbers too.
        if let number = Int(text) ?? Double(text).flatMap(Int.init(exactly:)) { return number }
        note("is not a whole number in range", at: start)
        return 0
    }

    fileprivate mutating func readDouble() throws(JSONSyntaxError) -> Double {
        guard isAtNumber() else {
            try skipFault("a number")
            return 0
        }
        let start = index
        let digits = try readNumber()
        if let number = Self.natural(digits) { return Double(number) }
        if let number = Double(String(decoding: digits, as: UTF8.self)), number.isFinite { return number }
        note("is out of range", at: start)
        return 0
    }

    /// The value of a few digits; nil if there is something else, or more of them.
    private static func natural(_ text: Slice<UnsafeRawBufferPointer>) -> Int? {
        // So few that every such number is a double as well.
        guard text.count <= 15 else { return nil }
        var number = 0
        for byte in text {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            number = number * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return number
    }
}
