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

    /// The extent that this one is: a range of the only piece is the whole side.
    @inline(__always)
    func resolve(_ extent: Extent) -> Extent {
        switch extent {
        case .tileRows: singleRow ? .whole : extent
        case .tileColumns: singleColumn ? .whole : extent
        case .reduction: singleDepth ? .whole : extent
        case .whole: extent
        }
    }
}

extension CostPattern {
    /// Sums up a step's demands for one grid shape.
    ///
    /// - Parameter overlapping: gathers the demands that may coincide in some iterations.
    init(
        _ structure: StepStructure, problem: Problem, isResident: (TensorID) -> Bool, shape: GridShape,
        overlapping: inout OverlappingDemands
    ) {
        isInUse = true
        addSlices(structure, problem, isResident, shape, &overlapping)
        addRegions(structure, problem, shape, &overlapping)
    }

    /// Sums up those demands that no coincidence makes cheaper.
    init(
        _ structure: StepStructure, problem: Problem, isResident: (TensorID) -> Bool, shape: GridShape,
        without overlapping: OverlappingDemands
    ) {
        isInUse = true
        var none = OverlappingDemands()
        addSlices(
            structure, problem, { isResident($0) || overlapping.tensors.contains($0) }, shape, &none)
        addSureRegions(structure, problem, shape, overlapping)
    }

    private mutating func addSlices(
        _ structure: StepStructure, _ problem: Problem, _ isLeftOut: (TensorID) -> Bool, _ shape: GridShape,
        _ overlapping: inout OverlappingDemands
    ) {
        let slices = structure.slices
        for (index, slice) in slices.enumerated() where !isLeftOut(slice.tensor) {
            let rows = shape.resolve(slice.rows)
            let columns = shape.resolve(slice.columns)
            let isWhole = rows == .whole && columns == .whole
            var isCounted = true
            structure.sliceRings.forEachOther(than: index) { otherIndex in
                let other = slices[otherIndex]
                let otherRows = shape.resolve(other.rows)
                let otherColumns = shape.resolve(other.columns)
                let otherIsWhole = otherRows == .whole && otherColumns == .whole
                if isWhole ? otherIsWhole && otherIndex < index : otherIsWhole {
                    isCounted = false
                } else if other.role == slice.role, otherRows == rows, otherColumns == columns, otherIndex < index {
                    isCounted = false
                } else if other.role == slice.role, noteOverlap(rows, columns, otherRows, otherColumns) {
                    overlapping.tensors.insert(slice.tensor)
                }
            }
            if isCounted { addSlice(problem[slice.tensor], rows, columns) }
        }
    }

    private mutating func addSlice(_ tensor: Tensor, _ rows: Extent, _ columns: Extent) {
        let (width, height) = (Double(tensor.width), Double(tensor.height))
        switch (rows, columns) {
        case (.whole, .whole): constantElements += width * height
        case (.tileRows, .whole): perTileRow += width
        case (.whole, .tileRows): perTileRow += height
        case (.tileColumns, .whole): perTileColumn += width
        case (.whole, .tileColumns): perTileColumn += height
        case (.tileRows, .tileColumns), (.tileColumns, .tileRows): tileSlices += 1
        case (.reduction, .whole): perDepth += width
        case (.whole, .reduction): perDepth += height
        case (.tileRows, .reduction), (.reduction, .tileRows): rowDepthSlices += 1
        case (.tileColumns, .reduction), (.reduction, .tileColumns): columnDepthSlices += 1
        case (.tileRows, .tileRows), (.tileColumns, .tileColumns), (.reduction, .reduction):
            assertionFailure("no region follows one range on both sides, see Extent")
        }
    }

    /// Notes that two demands with different symbols may name the same elements in some iterations, if they may.
    private mutating func noteOverlap(
        _ rows: Extent, _ columns: Extent, _ otherRows: Extent, _ otherColumns: Extent
    ) -> Bool {
        guard let byRows = RangePairs.between(rows, otherRows),
            let byColumns = RangePairs.between(columns, otherColumns)
        else { return false }
        let pairs = byRows.union(byColumns)
        guard !pairs.isEmpty else { return false }
        coincidences.insert(pairs)
        return true
    }

    private mutating func addRegions(
        _ structure: StepStructure, _ problem: Problem, _ shape: GridShape, _ overlapping: inout OverlappingDemands
    ) {
        let regions = structure.regions
        for (index, region) in regions.enumerated() where structure.parts[region.opPosition] == .inner {
            let rows = shape.resolve(region.rows)
            let columns = shape.resolve(region.columns)
            var equals: [Int] = []
            var isFirst = true
            structure.regionRings.forEachOther(than: index) { otherIndex in
                let other = regions[otherIndex]
                let (otherRows, otherColumns) = (shape.resolve(other.rows), shape.resolve(other.columns))
                if otherRows == rows, otherColumns == columns {
                    equals.append(otherIndex)
                    isFirst = isFirst && otherIndex > index
                } else if noteOverlap(rows, columns, otherRows, otherColumns) {
                    overlapping.regions.insert(index)
                }
            }
            guard isFirst else { continue }
            let charges = ([index] + equals).map { problem.charge(regions[$0], structure, rows, columns) }
            add(charges, number: index, everyDepth: rows == .reduction || columns == .reduction)
        }
    }

    /// Of the regions of an op that may coincide only one counts: an iteration charges no less for any of them, since a
    /// region that several demands name is charged at the dearest. One that does not follow the k-step goes first: it
    /// is charged in the first iteration of a tile whatever it coincides with later.
    private mutating func addSureRegions(
        _ structure: StepStructure, _ problem: Problem, _ shape: GridShape, _ overlapping: OverlappingDemands
    ) {
        let regions = structure.regions
        var counted = Set<Int>()
        for isStreamed in [false, true] {
            for (index, region) in regions.enumerated() where structure.parts[region.opPosition] == .inner {
                let (rows, columns) = (shape.resolve(region.rows), shape.resolve(region.columns))
                guard (rows == .reduction || columns == .reduction) == isStreamed else { continue }
                var equals = [index]
                structure.regionRings.forEachOther(than: index) { otherIndex in
                    let other = regions[otherIndex]
                    if shape.resolve(other.rows) == rows, shape.resolve(other.columns) == columns {
                        equals.append(otherIndex)
                    }
                }
                guard equals.allSatisfy({ $0 >= index }) else { continue }
                if equals.contains(where: overlapping.regions.contains) {
                    guard counted.insert(region.opPosition).inserted else { continue }
                }
                let charges = equals.map { problem.charge(regions[$0], structure, rows, columns) }
                add(charges, number: index, everyDepth: isStreamed)
            }
        }
    }

    private mutating func add(_ rates: [RegionCharge], number: Int, everyDepth: Bool) {
        guard let isCrossed = rates.first?.isCrossed else { return }
        var sum = Charges()
        if !everyDepth {
            for rate in rates { sum.first = max(sum.first, rate.constant) }
        } else if rates.count == 1 {
            sum.each = rates[0].perDepth
        } else {
            mixed += rates.map { MixedRate(region: number, isCrossed: isCrossed, rate: $0.perDepth) }
        }
        if isCrossed {
            self.isCrossed = true
            crossedCharges += sum
        } else {
            charges += sum
        }
    }
}

/// What a region costs at one rate: a constant, or a function of depth; for each native length that lies across, if
/// any.
private struct RegionCharge {
    var constant = 0.0
    var perDepth = DepthPolynomial()
    var isCrossed = false
}

/// The factor that one side of a region contributes to its charge.
private enum SideFactor {
    case constant(Double)
    /// Times the k-step's depth.
    case linear(Double)
    /// The k-step's depth in native lengths, rounded up.
    case nativeDepths
    /// Native lengths in the tile's side that lies across.
    case across
}

extension Problem {
    /// RULES 7, "Compute": base_cost * ceil(rows / native) * ceil(columns / native), where a side along a reduction K
    /// contributes ceil(K / native) * side / K instead.
    fileprivate func charge(
        _ region: RegionDemand, _ structure: StepStructure, _ rows: Extent, _ columns: Extent
    ) -> RegionCharge {
        let op = self[structure.ops[region.opPosition]]
        let output = self[op.outputs[0]]
        let (nativeWidth, nativeHeight) = (hardware.nativeWidth, hardware.nativeHeight)
        var (rowsAlong, columnsAlong): (Int?, Int?)
        switch region.rate {
        case .padded: break
        case .rowsAlong(let reduction): rowsAlong = reduction
        case .columnsAlong(let reduction): columnsAlong = reduction
        }
        // A tile's width counts as one native width, but may be several native heights, see Crossing.
        let tall = Self.factor(
            rows, along: rowsAlong, length: output.height, native: nativeHeight,
            isAcross: rows == .tileColumns && nativeWidth > nativeHeight)
        let wide = Self.factor(
            columns, along: columnsAlong, length: output.width, native: nativeWidth,
            isAcross: columns == .tileRows && nativeHeight > nativeWidth)
        var charge = RegionCharge()
        var scale = op.baseCost
        if case .constant(let value) = tall { scale *= value }
        if case .constant(let value) = wide { scale *= value }
        // At most one side follows the k-step, see Extent.
        switch (tall, wide) {
        case (.linear(let value), _), (_, .linear(let value)): charge.perDepth.linear = scale * value
        case (.nativeDepths, _): charge.perDepth.nativeRows = scale
        case (_, .nativeDepths): charge.perDepth.nativeColumns = scale
        default: charge.constant = scale
        }
        switch (tall, wide) {
        case (.across, _), (_, .across): charge.isCrossed = true
        default: break
        }
        return charge
    }

    private static func factor(
        _ extent: Extent, along reduction: Int?, length: Int, native: Int, isAcross: Bool
    ) -> SideFactor {
        switch extent {
        case .tileRows, .tileColumns: isAcross ? .across : .constant(1)
        case .whole: .constant(Double(ceilDivide(length, native)))
        case .reduction:
            reduction.map { .linear(Double(ceilDivide($0, native)) / Double($0)) } ?? .nativeDepths
        }
    }
}

/// Division of positive integers, rounded up.
@inlinable func ceilDivide(_ dividend: Int, _ divisor: Int) -> Int {
    (dividend - 1) / divisor + 1
}
