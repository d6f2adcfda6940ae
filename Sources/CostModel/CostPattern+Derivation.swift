import TensorGraph

/// Which sides of the iteration space have length one.
struct GridShape: Sendable {
    var singleRow: Bool
    var singleColumn: Bool
    var singleDepth: Bool

    init(singleRow: Bool, singleColumn: Bool, singleDepth: Bool) {
        self.singleRow = singleRow
        self.singleColumn = singleColumn
        self.singleDepth = singleDepth
    }

    /// The shape with this index, 0 to 7.
    init(index: Int) {
        self.init(singleRow: index & 1 != 0, singleColumn: index & 2 != 0, singleDepth: index & 4 != 0)
    }

    /// A number from 0 to 7.
    @inline(__always)
    var index: Int { (singleRow ? 1 : 0) | (singleColumn ? 2 : 0) | (singleDepth ? 4 : 0) }

    @inline(__always)
    func rows(_ extent: Extent) -> Extent {
        extent == .tile ? (singleRow ? .whole : .tile) : depth(extent)
    }

    @inline(__always)
    func columns(_ extent: Extent) -> Extent {
        extent == .tile ? (singleColumn ? .whole : .tile) : depth(extent)
    }

    @inline(__always)
    private func depth(_ extent: Extent) -> Extent {
        extent == .reduction && singleDepth ? .whole : extent
    }
}

extension CostPattern {
    /// Sums up a step's demands for one grid shape.
    init(_ structure: StepStructure, problem: Problem, isResident: (TensorID) -> Bool, shape: GridShape) {
        isInUse = true
        addSlices(structure, problem, isResident, shape)
        addRegions(structure, problem, shape)
    }

    private mutating func addSlices(
        _ structure: StepStructure, _ problem: Problem, _ isResident: (TensorID) -> Bool, _ shape: GridShape
    ) {
        let slices = structure.slices
        for (index, slice) in slices.enumerated() where !isResident(slice.tensor) {
            let rows = shape.rows(slice.rows)
            let columns = shape.columns(slice.columns)
            let isWhole = rows == .whole && columns == .whole
            var isCounted = true
            for (otherIndex, other) in slices.enumerated() where other.tensor == slice.tensor && otherIndex != index {
                let otherRows = shape.rows(other.rows)
                let otherColumns = shape.columns(other.columns)
                let otherIsWhole = otherRows == .whole && otherColumns == .whole
                if isWhole ? otherIsWhole && otherIndex < index : otherIsWhole {
                    isCounted = false
                } else if other.role == slice.role, otherRows == rows, otherColumns == columns, otherIndex < index {
                    isCounted = false
                } else if other.role == slice.role {
                    noteOverlap(rows, columns, otherRows, otherColumns)
                }
            }
            if isCounted { addSlice(problem[slice.tensor], rows, columns) }
        }
    }

    private mutating func addSlice(_ tensor: Tensor, _ rows: Extent, _ columns: Extent) {
        let (width, height) = (Double(tensor.width), Double(tensor.height))
        switch (rows, columns) {
        case (.whole, .whole): constantElements += width * height
        case (.tile, .whole): perTileRow += width
        case (.whole, .tile): perTileColumn += height
        case (.tile, .tile): tileSlices += 1
        case (.reduction, .whole): perDepth += width
        case (.whole, .reduction): perDepth += height
        case (.reduction, .reduction): depthSquares += 1
        case (.tile, .reduction): rowDepthSlices += 1
        case (.reduction, .tile): columnDepthSlices += 1
        }
    }

    /// Notes that two demands with different symbols may name the same elements in some iterations.
    private mutating func noteOverlap(_ rows: Extent, _ columns: Extent, _ otherRows: Extent, _ otherColumns: Extent) {
        let (rowsDiffer, columnsDiffer) = (rows != otherRows, columns != otherColumns)
        guard rowsDiffer || columnsDiffer, !rowsDiffer || (rows != .whole && otherRows != .whole),
            !columnsDiffer || (columns != .whole && otherColumns != .whole)
        else { return }
        if rowsDiffer && columnsDiffer {
            overlapsByBoth = true
        } else if rowsDiffer {
            overlapsByRows = true
        } else {
            overlapsByColumns = true
        }
    }

    private mutating func addRegions(_ structure: StepStructure, _ problem: Problem, _ shape: GridShape) {
        let regions = structure.regions
        for (index, region) in regions.enumerated() where structure.parts[region.opPosition] == .inner {
            let rows = shape.rows(region.rows)
            let columns = shape.columns(region.columns)
            var equals: [Int] = []
            var isFirst = true
            for (otherIndex, other) in regions.enumerated()
            where other.opPosition == region.opPosition && otherIndex != index {
                let (otherRows, otherColumns) = (shape.rows(other.rows), shape.columns(other.columns))
                if otherRows == rows, otherColumns == columns {
                    equals.append(otherIndex)
                    isFirst = isFirst && otherIndex > index
                } else {
                    noteOverlap(rows, columns, otherRows, otherColumns)
                }
            }
            guard isFirst else { continue }
            let rates = ([index] + equals).map { problem.rate(regions[$0], structure, rows, columns) }
            addCharges(rates, number: index, everyDepth: rows == .reduction || columns == .reduction)
        }
    }

    private mutating func addCharges(_ rates: [Charge], number: Int, everyDepth: Bool) {
        guard everyDepth else {
            computeFirst += rates.lazy.map(\.constant).max() ?? 0
            return
        }
        guard rates.count > 1 else {
            for rate in rates { computeEach += rate.perDepth }
            return
        }
        mixed += rates.map { MixedRate(region: number, rate: $0.perDepth) }
    }
}

/// What a region costs at one rate: a constant, or a function of depth.
private struct Charge {
    var constant = 0.0
    var perDepth = DepthPolynomial()
}

extension Problem {
    /// RULES 4: base_cost * ceil(other / native) * ceil(K / native) * (side / K).
    fileprivate func rate(
        _ region: RegionDemand, _ structure: StepStructure, _ rows: Extent, _ columns: Extent
    ) -> Charge {
        let op = self[structure.ops[region.opPosition]]
        let output = self[op.outputs[0]]
        let (nativeWidth, nativeHeight) = (hardware.nativeWidth, hardware.nativeHeight)
        switch region.rate {
        case .perTile:
            return Charge(constant: op.baseCost)
        case .columnsAlong(let reduction):
            let scale = op.baseCost * Double(ceilDivide(reduction, nativeWidth))
            return charge(
                scale, other: rows, otherWhole: ceilDivide(output.height, nativeHeight), along: columns, reduction,
                ceiling: \.nativeRows, ceilingLinear: \.nativeRowsLinear)
        case .rowsAlong(let reduction):
            let scale = op.baseCost * Double(ceilDivide(reduction, nativeHeight))
            return charge(
                scale, other: columns, otherWhole: ceilDivide(output.width, nativeWidth), along: rows, reduction,
                ceiling: \.nativeColumns, ceilingLinear: \.nativeColumnsLinear)
        }
    }

    private func charge(
        _ scale: Double, other: Extent, otherWhole: Int, along: Extent, _ reduction: Int,
        ceiling: WritableKeyPath<DepthPolynomial, Double>, ceilingLinear: WritableKeyPath<DepthPolynomial, Double>
    ) -> Charge {
        var charge = Charge()
        // A tile never exceeds native, so its side counts as one native side.
        let factor = other == .whole ? scale * Double(otherWhole) : scale
        switch (other == .reduction, along == .reduction) {
        case (false, false): charge.constant = factor
        case (false, true): charge.perDepth.linear = factor / Double(reduction)
        case (true, false): charge.perDepth[keyPath: ceiling] = factor
        case (true, true): charge.perDepth[keyPath: ceilingLinear] = factor / Double(reduction)
        }
        return charge
    }
}

/// Division of positive integers, rounded up.
@inlinable func ceilDivide(_ dividend: Int, _ divisor: Int) -> Int {
    (dividend - 1) / divisor + 1
}
