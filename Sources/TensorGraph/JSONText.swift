/// The shortest JSON text of a number that reads back as the same `Double`; whole numbers without a fraction.
public func jsonNumber(_ value: Double) -> String {
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
