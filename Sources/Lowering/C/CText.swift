/// Lines of C under construction.
struct CText {
    private(set) var text = ""
    private var depth = 0

    /// Appends a line; one that ends with `{` or begins with `}` changes the indentation.
    mutating func line(_ line: String = "") {
        if line.hasPrefix("}") { depth -= 1 }
        if !line.isEmpty { text += String(repeating: "    ", count: depth) + line }
        text += "\n"
        if line.hasSuffix("{") { depth += 1 }
    }

    /// Appends a list of numbers, some to a line.
    mutating func numbers(_ numbers: [Int]) {
        for start in stride(from: 0, to: numbers.count, by: 12) {
            let part = numbers[start..<min(start + 12, numbers.count)]
            line(part.map { cNumber($0) + "," }.joined(separator: " "))
        }
    }

    /// Appends text that is C already.
    mutating func verbatim(_ more: String) { text += more }
}

/// A number as C has it; large ones say that they are.
func cNumber(_ number: Int) -> String { number > Int(Int32.max) ? "\(number)LL" : "\(number)" }

/// A text that a C comment can hold.
func cComment(_ text: String) -> String {
    String(
        text.unicodeScalars.map { $0.isASCII && $0.value >= 32 && $0.value < 127 ? Character($0) : "_" }
    ).replacing("*/", with: "* /").replacing("/*", with: "/ *").replacing("\\", with: "/").replacing("??", with: "? ?")
}
