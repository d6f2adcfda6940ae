import TensorGraph

/// Collects distinct slices and regions while demand spreads backwards through a step.
///
/// - Complexity: O(1) for each demand, times the number of different demands on its tensor or op.
struct DemandCollector {
    private(set) var slices: [SliceDemand] = []
    private(set) var regions: [RegionDemand] = []
    /// Slices of one tensor, each with the next one.
    private(set) var sliceRings = Rings()
    /// Regions of one op, each with the next one.
    private(set) var regionRings = Rings()
    private var expanded = 0
    /// The last region of each op; -1 for none.
    private var lastRegion: [Int32] = []
    /// The last slice of each tensor; -1 for none.
    private var lastSlice: [Int32]

    init(tensorCount: Int) { lastSlice = Array(repeating: -1, count: tensorCount) }

    mutating func reset(opCount: Int) {
        for slice in slices { lastSlice[slice.tensor.index] = -1 }
        slices.removeAll(keepingCapacity: true)
        regions.removeAll(keepingCapacity: true)
        sliceRings.removeAll()
        regionRings.removeAll()
        lastRegion.removeAll(keepingCapacity: true)
        lastRegion.append(contentsOf: repeatElement(-1, count: opCount))
        expanded = 0
    }

    mutating func demand(op: Int, rows: Extent, columns: Extent, rate: ChargeRate) {
        let region = RegionDemand(opPosition: op, rows: rows, columns: columns, rate: rate)
        let last = Int(lastRegion[op])
        if last >= 0, regionRings.contains(last, where: { regions[$0] == region }) { return }
        regionRings.append(after: last)
        lastRegion[op] = Int32(regions.count)
        regions.append(region)
    }

    mutating func slice(_ slice: SliceDemand) {
        let last = Int(lastSlice[slice.tensor.index])
        if last >= 0, sliceRings.contains(last, where: { slices[$0] == slice }) { return }
        sliceRings.append(after: last)
        lastSlice[slice.tensor.index] = Int32(slices.count)
        slices.append(slice)
    }

    /// The next region whose inputs have not been demanded yet.
    mutating func next() -> RegionDemand? {
        guard expanded < regions.count else { return nil }
        defer { expanded += 1 }
        return regions[expanded]
    }
}

/// Numbers 0, 1, 2 … in rings: each knows the next of its ring, the last one the first.
struct Rings: Sendable {
    private var next: [Int32] = []

    mutating func removeAll() { next.removeAll(keepingCapacity: true) }

    /// Appends a number to the ring of which `last` is the newest; to a ring of its own where that is negative.
    mutating func append(after last: Int) {
        let number = Int32(next.count)
        guard last >= 0 else { return next.append(number) }
        next.append(next[last])
        next[last] = number
    }

    /// Calls `body` with the others of a number's ring: those above it ascending, then those below it ascending.
    @inline(__always)
    func forEachOther(than number: Int, _ body: (Int) -> Void) {
        var other = Int(next[number])
        while other != number {
            body(other)
            other = Int(next[other])
        }
    }

    /// True when one of a ring passes the test.
    @inline(__always)
    func contains(_ member: Int, where test: (Int) -> Bool) -> Bool {
        var number = member
        repeat {
            if test(number) { return true }
            number = Int(next[number])
        } while number != member
        return false
    }
}
