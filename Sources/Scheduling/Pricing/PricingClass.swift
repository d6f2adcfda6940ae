import TensorGraph

/// Steps with outputs of one shape, with tile counts in a range and with sinks of one reduction, which the pricing
/// search looks at together.
///
/// All sinks of a step have the same reduction: with several k-steps by RULES 3.9; with one, k would have to be at
/// least each of them and at most each of them. A sink reaches the outputs through maps that read `ij`, so it has their
/// shape. Costs are bounded at the fewest tiles, memory at the most. A range holds one tile row (column) alone or none
/// with one, so that it is known which extents are whole.
struct PricingClass: Sendable, Hashable {
    /// Columns and rows of every output, in elements.
    var outputWidth: Int
    var outputHeight: Int
    /// Fewest and most tile columns.
    var fewestColumns: Int
    var mostColumns: Int
    /// Fewest and most tile rows.
    var fewestRows: Int
    var mostRows: Int
    /// True for several k-steps per tile, false for one.
    var hasSeveralDepths: Bool

    /// The reduction of all sinks; 0 for steps without a sink.
    var sinkReduction: Int

    /// The classes of an output shape: together they hold every granularity.
    ///
    /// - Parameters:
    ///   - reductions: of all reducing ops whose output has the shape, each once.
    ///   - depthLimit: the deepest k-step that RULES 3.3 allows.
    static func all(
        width: Int, height: Int, hardware: Hardware, reductions: [Int], depthLimit: Int
    ) -> [PricingClass] {
        func ranges(_ side: Int, _ native: Int) -> [(Int, Int)] {
            let fewest = (side - 1) / native + 1
            if fewest > 1 { return [(fewest, side)] }
            return side == 1 ? [(1, 1)] : [(1, 1), (2, side)]
        }
        var found: [PricingClass] = []
        for (fewestRows, mostRows) in ranges(height, hardware.nativeHeight) {
            for (fewestColumns, mostColumns) in ranges(width, hardware.nativeWidth) {
                func add(_ several: Bool, _ reduction: Int) {
                    found.append(
                        PricingClass(
                            outputWidth: width, outputHeight: height, fewestColumns: fewestColumns,
                            mostColumns: mostColumns, fewestRows: fewestRows, mostRows: mostRows,
                            hasSeveralDepths: several, sinkReduction: reduction))
                }
                add(false, 0)
                for reduction in reductions {
                    if reduction <= depthLimit { add(false, reduction) }
                    if reduction > 1 { add(true, reduction) }
                }
            }
        }
        return found
    }

    /// Two classes with the same steps between them, or nil when the ranges are narrow.
    ///
    /// - Parameter ratio: of the most to the fewest tile columns or rows; no range of this or less is split.
    func split(above ratio: Double = 1.25) -> (PricingClass, PricingClass)? {
        let columns = Double(mostColumns) / Double(fewestColumns)
        let rows = Double(mostRows) / Double(fewestRows)
        guard max(columns, rows) > ratio else { return nil }
        var (low, high) = (self, self)
        if columns >= rows {
            low.mostColumns = Self.middle(fewestColumns, mostColumns)
            high.fewestColumns = low.mostColumns + 1
        } else {
            low.mostRows = Self.middle(fewestRows, mostRows)
            high.fewestRows = low.mostRows + 1
        }
        return (low, high)
    }

    /// Few tiles are what most good steps have, so the lower part is the narrower one.
    private static func middle(_ low: Int, _ high: Int) -> Int { min(high - 1, max(low, low * 5 / 4)) }

    /// The number of tiles is at least this.
    var fewestTiles: Double { Double(fewestColumns) * Double(fewestRows) }
    /// The first tile of a step is at least this wide, in elements.
    var narrowest: Double { Double((outputWidth - 1) / mostColumns + 1) }
    /// The first tile of a step is at least this high, in elements.
    var lowest: Double { Double((outputHeight - 1) / mostRows + 1) }

    /// No granularity of the class is wider than this (RULES 3.3); one tile column allows any width.
    func widestGranule(_ hardware: Hardware) -> Double {
        Self.largest(outputWidth, fewestColumns, hardware.nativeWidth)
    }
    /// No granularity of the class is higher than this.
    func highestGranule(_ hardware: Hardware) -> Double {
        Self.largest(outputHeight, fewestRows, hardware.nativeHeight)
    }

    private static func largest(_ side: Int, _ parts: Int, _ native: Int) -> Double {
        parts == 1 ? Double(native) : Double(min(native, (side - 1) / (parts - 1)))
    }
}
