/// Text of a model file under construction: keeps lines short, since readers have limits of their own.
struct FileText {
    private(set) var text = ""
    private var lineLength = 0

    /// Starts a new line.
    mutating func line(_ start: String = "") {
        if !text.isEmpty { text += "\n" }
        text += start
        lineLength = start.utf8.count
    }

    /// Appends a word to the line, on a new one if it grows too long.
    mutating func word(_ word: String) {
        if lineLength > 0 && lineLength + word.utf8.count > 200 {
            line(" " + word)
        } else {
            text += lineLength == 0 ? word : " " + word
            lineLength += word.utf8.count + 1
        }
    }

    /// The shortest decimal number that reads back as `number`; whole numbers without fraction or exponent up to 1e15.
    static func number(_ number: Double) -> String {
        if number == number.rounded() && number.magnitude < 1e15 { return String(Int64(number)) }
        return number.description
    }

    /// A model's name as a file may hold it in a comment.
    static func comment(_ text: String) -> String {
        String(text.unicodeScalars.map { $0.isASCII && $0.value >= 32 && $0.value < 127 ? Character($0) : "_" })
    }
}
