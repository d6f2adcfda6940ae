import TensorGraph

/// The coefficients of a step's cost once it is known which sides of the tile grid have length one.
///
/// A side of length one turns a tile's range into the whole side, and a single k-step turns a reduction range into the
/// whole reduction; demands that differ in symbols then coincide, and slices of whole tensors merge (RULES 4). For
/// each of the eight cases the sums below are constants of the step, so that a query costs the same for two ops as
/// for fifty.
struct CostPattern: Sendable {
    /// False for shapes that no granularity of the step gives.
    var isInUse = false
    /// Elements of slices that never change.
    var constantElements = 0.0
    /// Elements per tile row of slices of the tile's rows by a whole side.
    var perTileRow = 0.0
    /// Elements per tile column of slices of the tile's columns by a whole side.
    var perTileColumn = 0.0
    /// Number of slices of the tile's own shape, transposed or not.
    var tileSlices = 0.0
    /// Elements per unit of depth of slices that have one whole side.
    var perDepth = 0.0
    /// Number of slices of the tile's rows by a reduction range.
    var rowDepthSlices = 0.0
    /// Number of slices of the tile's columns by a reduction range.
    var columnDepthSlices = 0.0

    /// Compute charged whatever the tile's size.
    var charges = Charges()
    /// Compute charged once for each native length in the tile's side that lies across, see ``Crossing``.
    var crossedCharges = Charges()
    /// Regions with several rates, charged in every k-step at the dearest.
    var mixed: [MixedRate] = []
    /// True when some compute is charged by the side that lies across.
    var isCrossed = false

    /// Which demands could coincide in some iterations only.
    var coincidences = Coincidences()

    /// True when some demands may coincide in some iterations.
    @inline(__always)
    var overlaps: Bool { !coincidences.isEmpty }

    /// Elements of slices that depend on the k-step, for a tile of these sides and a k-step of this depth.
    @inline(__always)
    func depthElements(rows: Double, columns: Double, depth: Double) -> Double {
        depth * (perDepth + rowDepthSlices * rows + columnDepthSlices * columns)
    }

    /// Elements of all slices of an iteration.
    @inline(__always)
    func sliceElements(rows: Double, columns: Double, depth: Double) -> Double {
        constantElements + perTileRow * rows + perTileColumn * columns + tileSlices * rows * columns
            + depthElements(rows: rows, columns: columns, depth: depth)
    }

    /// Compute of every k-step of this depth, without what is charged in the first or last.
    ///
    /// - Parameter across: native lengths in the tile's side that lies across; nil where no compute depends on them.
    @inline(__always)
    func compute(depth: Double, nativeWidth: Double, nativeHeight: Double, across: Double?) -> Double {
        var total = charges.each.value(depth, nativeWidth, nativeHeight)
        if let across { total += crossedCharges.each.value(depth, nativeWidth, nativeHeight) * across }
        var index = 0
        while index < mixed.count {
            var dearest = 0.0
            let region = mixed[index].region
            let factor = mixed[index].isCrossed ? across ?? 1 : 1
            while index < mixed.count, mixed[index].region == region {
                dearest = max(dearest, mixed[index].rate.value(depth, nativeWidth, nativeHeight))
                index += 1
            }
            total += dearest * factor
        }
        return total
    }
}

/// Compute time of the ops that are neither sinks nor epilogue.
struct Charges: Sendable {
    /// Charged in the first k-step of each tile.
    var first = 0.0
    /// Charged in every k-step.
    var each = DepthPolynomial()

    static func += (left: inout Charges, right: Charges) {
        left.first += right.first
        left.each += right.each
    }
}

/// The tile's side that a transposed region lays along the shorter side of the native tile.
///
/// A tile is at most as wide and as high as native, so that its sides count as one native length each. Exchanged, the
/// longer side of native may hold a tile side of several of the shorter one's lengths; the other never more than one.
enum Crossing {
    /// Native lengths in the side that lies across, for a tile of these sides.
    @inline(__always)
    static func lengths(rows: Double, columns: Double, nativeWidth: Double, nativeHeight: Double) -> Double {
        nativeWidth > nativeHeight ? (columns / nativeHeight).rounded(.up) : (rows / nativeWidth).rounded(.up)
    }
}

/// A compute time as a function of the k-step's depth x, from the rate formula of RULES 4.
struct DepthPolynomial: Sendable {
    /// Coefficient of x.
    var linear = 0.0
    /// Coefficient of ceil(x / native height).
    var nativeRows = 0.0
    /// Coefficient of ceil(x / native width).
    var nativeColumns = 0.0

    @inline(__always)
    func value(_ depth: Double, _ nativeWidth: Double, _ nativeHeight: Double) -> Double {
        var total = linear * depth
        // Regions with a reduction range across the charged side are rare: skip the divisions.
        if nativeRows != 0 { total += (depth / nativeHeight).rounded(.up) * nativeRows }
        if nativeColumns != 0 { total += (depth / nativeWidth).rounded(.up) * nativeColumns }
        return total
    }

    static func += (left: inout DepthPolynomial, right: DepthPolynomial) {
        left.linear += right.linear
        left.nativeRows += right.nativeRows
        left.nativeColumns += right.nativeColumns
    }
}

/// One of the rates of a region that several consumers demand alike.
struct MixedRate: Sendable {
    /// Rates of one region carry one number and stand together.
    var region: Int
    /// True when the region is charged by the side that lies across; the same for all its rates.
    var isCrossed: Bool
    var rate: DepthPolynomial
}
