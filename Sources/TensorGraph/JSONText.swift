/// The shortest JSON text of a number that reads back as the same `Double`; whole numbers without a fraction.
package func jsonNumber(_ value: Double) -> String {
    if value.isFinite, value == value.rounded(), abs(value) <= Double(Problem.largestNumber) {
        return String(Int(value))
    }
    return value.isFinite ? "\(value)" : "null"
}

/// A JSON list on one line.
func jsonList<Element: CustomStringConvertible>(_ elements: [Element]) -> String {
    "[" + elements.map(\.description).joined(separator: ", ") + "]"
}

func jsonList(_ numbers: [Int]) -> String {
    "[" + numbers.map(String.init).joined(separator: ", ") + "]"
}

/// A JSON text in quotes; nil as `null`.
func jsonString(_ text: String?) -> String {
    guard let text else { return "null" }
    var quoted = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": quoted += "\\\""
        case "\\": quoted += "\\\\"
        case "\n": quoted += "\\n"
        case "\t": quoted += "\\t"
        case _ where scalar.value < 32:
            quoted += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
        default: quoted.unicodeScalars.append(scalar)
        }
    }
    return quoted + "\""
}
