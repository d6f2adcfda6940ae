import TensorGraph

/// The forms of regions demanded of a tensor with tile and depth one: each side a single row or column, or whole.
struct RegionForms {
    /// Bit 0 single by single, 1 whole rows, 2 whole columns, 3 both whole.
    private var bits: UInt8

    init() { bits = 0 }

    private init(bits: UInt8) { self.bits = bits }

    /// A single element, which is what an output is demanded on.
    static let tile = RegionForms(bits: 1)

    var isEmpty: Bool { bits == 0 }

    mutating func formUnion(_ other: RegionForms) { bits |= other.bits }

    /// What an op that is asked for these forms demands of an input (RULES 7, "Demand").
    ///
    /// - Parameter isFolded: the op, if it is a reducing one, demands its whole reduction.
    func read(by access: Access, isFolded: Bool) -> RegionForms {
        if access == .elementwise { return self }
        var read = RegionForms()
        for form: UInt8 in 0..<4 where bits & (1 << form) != 0 {
            func isWhole(_ letter: Letter) -> Bool {
                switch letter {
                case .row: form & 1 != 0
                case .column: form & 2 != 0
                case .reduction: isFolded
                case .one: false
                }
            }
            read.bits |= 1 << ((isWhole(access.rows) ? 1 : 0) | (isWhole(access.columns) ? 2 : 0))
        }
        return read
    }

    /// Elements of the largest form, of a tensor of these sides.
    func largest(width: Double, height: Double) -> Double {
        if bits & 8 != 0 { return width * height }
        var elements = bits & 1 != 0 ? 1.0 : 0
        if bits & 2 != 0 { elements = max(elements, height) }
        if bits & 4 != 0 { elements = max(elements, width) }
        return elements
    }
}
