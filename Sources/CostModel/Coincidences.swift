import TensorGraph

/// Pairs of ranges that may name the same elements of a side in some iterations: ranges of two partitions of it.
struct RangePairs: OptionSet, Sendable {
    let rawValue: UInt8

    /// The tile's rows and a reduction range.
    static let rowsAndDepth = RangePairs(rawValue: 1)
    /// The tile's columns and a reduction range.
    static let columnsAndDepth = RangePairs(rawValue: 2)
    /// The tile's rows and its columns.
    static let rowsAndColumns = RangePairs(rawValue: 4)
    /// No pair: the same range, or one that never equals the other.
    static let none: RangePairs = []

    /// The pair of two extents of one side; nil when they never coincide, none when they always do.
    static func between(_ one: Extent, _ other: Extent) -> RangePairs? {
        switch (one, other) {
        case (.tileRows, .reduction), (.reduction, .tileRows): .rowsAndDepth
        case (.tileColumns, .reduction), (.reduction, .tileColumns): .columnsAndDepth
        case (.tileRows, .tileColumns), (.tileColumns, .tileRows): .rowsAndColumns
        default: one == other ? RangePairs.none : nil
        }
    }
}

/// The demands of a step that may coincide in some iterations only, as sets of pairs that have to coincide at once.
struct Coincidences: Sendable {
    /// Bit *s* stands for the set of pairs with the raw value *s*.
    private var sets: UInt8 = 0

    var isEmpty: Bool { sets == 0 }

    mutating func insert(_ pairs: RangePairs) { sets |= 1 << pairs.rawValue }

    /// True when two demands may coincide if these pairs do.
    func occur(if coinciding: RangePairs) -> Bool {
        (1...7).contains { sets & (1 << UInt8($0)) != 0 && UInt8($0) & ~coinciding.rawValue == 0 }
    }
}

/// Demands of a step that may coincide with others in some iterations, in some shape of grid.
struct OverlappingDemands {
    /// Tensors with slices that may.
    var tensors = Set<TensorID>()
    /// Positions in ``StepStructure/regions``.
    var regions = Set<Int>()
}
