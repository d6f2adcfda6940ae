/// The closed interval that a column's value or a row's activity must lie in; an infinite end is no limit.
public struct Bounds: Sendable, Hashable {
    /// Smallest allowed value, `-infinity` for none.
    public let lower: Double
    /// Largest allowed value, `+infinity` for none.
    public let upper: Double

    /// Creates bounds; ``MIPModel`` validates them when they enter a model.
    @inlinable public init(lower: Double, upper: Double) {
        self.lower = lower
        self.upper = upper
    }

    /// No limit on either side.
    public static let free = Bounds(lower: -.infinity, upper: .infinity)
    /// Zero or more.
    public static let nonnegative = Bounds(lower: 0, upper: .infinity)
    /// From zero to one.
    public static let unit = Bounds(lower: 0, upper: 1)

    /// At most `upper` (a `<=` row).
    public static func atMost(_ upper: Double) -> Bounds { Bounds(lower: -.infinity, upper: upper) }
    /// At least `lower` (a `>=` row).
    public static func atLeast(_ lower: Double) -> Bounds { Bounds(lower: lower, upper: .infinity) }
    /// Exactly `value` (an `=` row, a fixed column).
    public static func equal(_ value: Double) -> Bounds { Bounds(lower: value, upper: value) }
    /// Between two values (a range row).
    public static func range(_ lower: Double, _ upper: Double) -> Bounds { Bounds(lower: lower, upper: upper) }

    /// Whether exactly one value is allowed.
    @inlinable public var isFixed: Bool { lower == upper }
    /// Whether every value is allowed.
    @inlinable public var isFree: Bool { lower == -.infinity && upper == .infinity }

    /// How far `value` lies outside, and the bound that it breaks; nil inside.
    @inlinable public func excess(of value: Double) -> (amount: Double, bound: Double)? {
        if value < lower { return (lower - value, lower) }
        if value > upper { return (value - upper, upper) }
        return nil
    }

    /// The bounds less a constant: what remains for a linear expression once its constant is moved to the right.
    @inlinable public func shifted(by offset: Double) -> Bounds { Bounds(lower: lower + offset, upper: upper + offset) }
}
