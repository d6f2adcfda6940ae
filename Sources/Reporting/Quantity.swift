import Foundation
import Scheduling

/// A number for people: thousands set apart, at most one decimal.
package func readable(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
    let tenths = (abs(value) * 10).rounded()
    let whole = Int(tenths / 10)
    let decimal = Int(tenths) - whole * 10
    return (value < 0 && tenths > 0 ? "-" : "") + readable(whole) + (decimal == 0 ? "" : ".\(decimal)")
}

/// A whole number for people: thousands set apart.
package func readable(_ value: Int) -> String {
    let digits = String(value.magnitude).utf8
    var grouped = value < 0 ? "-" : ""
    for (position, digit) in digits.enumerated() {
        if position > 0, (digits.count - position).isMultiple(of: 3) { grouped.append(",") }
        grouped.unicodeScalars.append(Unicode.Scalar(digit))
    }
    return grouped
}

/// A share in per cent, without decimals; never 100 % for what is less than everything.
package func percentage(_ part: Double, of whole: Double) -> String {
    guard whole > 0, part.isFinite else { return "-" }
    let rounded = (100 * part / whole).rounded()
    return "\(Int(rounded >= 100 && part < whole ? 99 : min(rounded, 1e9)))%"
}

/// Parts of a whole in per cent that add up to 100 %: those that rounding down takes most from get back what is left.
///
/// Nothing is 0 %, and everything 100 %; what is less than the last digit shows is told by `<`.
///
/// - Parameter decimals: digits behind the point, 0 or 1.
func percentages(_ parts: [Double], decimals: Int = 0) -> [String] {
    let parts = parts.map { max(0, $0) }
    let whole = parts.reduce(0, +)
    guard whole > 0, whole.isFinite else { return parts.map { _ in "-" } }
    let unit = decimals == 0 ? 1 : 10
    let exact = parts.map { $0 / whole * Double(100 * unit) }
    var shown = exact.map { Int($0) }
    let order = exact.indices.filter { parts[$0] > 0 && (parts[$0] == whole || shown[$0] < 100 * unit - 1) }
        .sorted { (exact[$0] - Double(shown[$0]), $1) > (exact[$1] - Double(shown[$1]), $0) }
    for index in order.prefix(max(0, 100 * unit - shown.reduce(0, +))) { shown[index] += 1 }
    return zip(parts, shown).map { part, shown in
        if shown == 0 { return part > 0 ? "<\(unit == 1 ? "1" : "0.1")%" : "0%" }
        return "\(shown / unit)" + (unit > 1 && shown % unit > 0 ? ".\(shown % unit)" : "") + "%"
    }
}

/// A gap, a fraction, in per cent; never rounded to nothing.
package func gapText(_ gap: Double) -> String {
    guard gap > Tolerance.agreement else { return "0%" }
    return gap < 0.0001 ? "<0.01%" : String(format: "%.2f%%", 100 * gap)
}

/// Ids of ops or tensors, the tail of a long list only counted.
func abridged(_ ids: [Int], limit: Int = 8) -> String {
    let shown = ids.prefix(limit).map(String.init).joined(separator: " ")
    return ids.count > limit ? "\(shown) (+\(ids.count - limit))" : shown
}

/// A difference for people: always with its sign, except for none.
func signed(_ value: Double) -> String { (value > 0 && readable(value) != "0" ? "+" : "") + readable(value) }
