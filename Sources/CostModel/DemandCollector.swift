import TensorGraph

/// Collects distinct slices and regions while demand spreads backwards through a step.
struct DemandCollector {
    private(set) var slices: [SliceDemand] = []
    private(set) var regions: [RegionDemand] = []
    private var expanded = 0
    /// The last region of each op, and before it the previous one of the same op: chains through `previous`.
    private var lastRegion: [Int32] = []
    private var previous: [Int32] = []

    mutating func reset(opCount: Int) {
        slices.removeAll(keepingCapacity: true)
        regions.removeAll(keepingCapacity: true)
        previous.removeAll(keepingCapacity: true)
        lastRegion.removeAll(keepingCapacity: true)
        lastRegion.append(contentsOf: repeatElement(-1, count: opCount))
        expanded = 0
    }

    mutating func demand(op: Int, rows: Extent, columns: Extent, rate: ChargeRate) {
        let region = RegionDemand(opPosition: op, rows: rows, columns: columns, rate: rate)
        var link = lastRegion[op]
        while link >= 0 {
            if regions[Int(link)] == region { return }
            link = previous[Int(link)]
        }
        previous.append(lastRegion[op])
        lastRegion[op] = Int32(regions.count)
        regions.append(region)
    }

    mutating func slice(_ slice: SliceDemand) {
        // Steps read few tensors; a linear scan beats hashing at these sizes and allocates nothing.
        if slices.contains(slice) { return }
        slices.append(slice)
    }

    /// The next region whose inputs have not been demanded yet.
    mutating func next() -> RegionDemand? {
        guard expanded < regions.count else { return nil }
        defer { expanded += 1 }
        return regions[expanded]
    }
}
