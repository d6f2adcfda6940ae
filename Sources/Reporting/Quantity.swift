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
    let digits = String(value.magnitude)
    var grouped = ""
    for (position, digit) in digits.enumerated() {
        if position > 0, (digits.count - position).isMultiple(of: 3) { grouped.append(",") }
        grouped.append(digit)
    }
    return (value < 0 ? "-" : "") + grouped
}

/// A share in per cent, without decimals; never 100 % for what is less than everything.
package func percentage(_ part: Double, of whole: Double) -> String {
    guard whole > 0, part.isFinite else { return "-" }
    let rounded = (100 * part / whole).rounded()
    return "\(Int(rounded >= 100 && part < whole ? 99 : min(rounded, 1e9)))%"
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
