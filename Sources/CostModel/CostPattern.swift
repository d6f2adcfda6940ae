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
    /// Elements per tile row of slices of tile rows and whole columns.
    var perTileRow = 0.0
    /// Elements per tile column of slices of tile columns and whole rows.
    var perTileColumn = 0.0
    /// Number of slices of the tile's own shape.
    var tileSlices = 0.0
    /// Elements per unit of depth of slices that have one whole side.
    var perDepth = 0.0
    /// Number of slices with a reduction range on both sides.
    var depthSquares = 0.0
    /// Number of slices of tile rows by reduction range.
    var rowDepthSlices = 0.0
    /// Number of slices of reduction range by tile columns.
    var columnDepthSlices = 0.0

    /// Compute time charged in the first k-step of each tile.
    var computeFirst = 0.0
    /// Compute charged in every k-step.
    var computeEach = DepthPolynomial()
    /// Regions with several rates, charged in every k-step at the dearest.
    var mixed: [MixedRate] = []

    /// Two demands that could coincide in some iterations only: when a tile's rows equal a reduction range.
    var overlapsByRows = false
    /// The same for a tile's columns.
    var overlapsByColumns = false
    /// The same when both sides coincide at once.
    var overlapsByBoth = false

    /// True when some demands may coincide in some iterations.
    @inline(__always)
    var overlaps: Bool { overlapsByRows || overlapsByColumns || overlapsByBoth }

    /// Elements of slices that depend on the k-step, for a tile of these sides and a k-step of this depth.
    @inline(__always)
    func depthElements(rows: Double, columns: Double, depth: Double) -> Double {
        depth * (perDepth + depthSquares * depth + rowDepthSlices * rows + columnDepthSlices * columns)
    }

    /// Elements of all slices of an iteration.
    @inline(__always)
    func sliceElements(rows: Double, columns: Double, depth: Double) -> Double {
        constantElements + perTileRow * rows + perTileColumn * columns + tileSlices * rows * columns
            + depthElements(rows: rows, columns: columns, depth: depth)
    }

    /// Compute of every k-step of this depth, without what is charged in the first or last.
    @inline(__always)
    func compute(depth: Double, nativeWidth: Double, nativeHeight: Double) -> Double {
        var total = computeEach.value(depth, nativeWidth, nativeHeight)
        var index = 0
        while index < mixed.count {
            var dearest = 0.0
            let region = mixed[index].region
            while index < mixed.count, mixed[index].region == region {
                dearest = max(dearest, mixed[index].rate.value(depth, nativeWidth, nativeHeight))
                index += 1
            }
            total += dearest
        }
        return total
    }
}

/// A compute time as a function of the k-step's depth x, from the rate formula of RULES 4.
struct DepthPolynomial: Sendable {
    /// Coefficient of x.
    var linear = 0.0
    /// Coefficient of ceil(x / native height).
    var nativeRows = 0.0
    /// Coefficient of x * ceil(x / native height).
    var nativeRowsLinear = 0.0
    /// Coefficient of ceil(x / native width).
    var nativeColumns = 0.0
    /// Coefficient of x * ceil(x / native width).
    var nativeColumnsLinear = 0.0

    @inline(__always)
    func value(_ depth: Double, _ nativeWidth: Double, _ nativeHeight: Double) -> Double {
        var total = linear * depth
        // Regions with a reduction range across the charged side are rare: skip the divisions.
        if nativeRows + nativeRowsLinear != 0 {
            total += (depth / nativeHeight).rounded(.up) * (nativeRows + nativeRowsLinear * depth)
        }
        if nativeColumns + nativeColumnsLinear != 0 {
            total += (depth / nativeWidth).rounded(.up) * (nativeColumns + nativeColumnsLinear * depth)
        }
        return total
    }

    static func += (left: inout DepthPolynomial, right: DepthPolynomial) {
        left.linear += right.linear
        left.nativeRows += right.nativeRows
        left.nativeRowsLinear += right.nativeRowsLinear
        left.nativeColumns += right.nativeColumns
        left.nativeColumnsLinear += right.nativeColumnsLinear
    }
}

/// One of the rates of a region that several consumers demand alike.
struct MixedRate: Sendable {
    /// Rates of one region carry one number and stand together.
    var region: Int
    var rate: DepthPolynomial
}
