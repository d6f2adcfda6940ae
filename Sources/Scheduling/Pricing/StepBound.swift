/// A lower bound of what a complete op set costs at any granularity of its class, for any resident and retained
/// tensors.
///
/// *Several k-steps.* Let a tile compute for c and stream for l per unit of depth, and let its first k-step take a
/// further compute and load, and its last k-step a further compute and eviction. With k-steps of depth x, the last of
/// depth y <= x, the tile takes at least
///
///     max(c, l) (K - x - y) + max(c x + a, l x + b) + max(c y + e, l y + f).
///
/// The two last terms less max(c, l) times depth fall as depths grow. So y = x, an even division, is a bound; where x >
/// K / 2 there are two k-steps, y = K - x, and the sum is convex in x: least at an end or a breakpoint. The deepest x
/// follows from memory. For one x the bound is convex in l, b and f, which differ from tile to tile, so their averages
/// do (Jensen); it grows with the number of tiles, so the fewest do.
///
/// *One k-step.* The slices that never change come with the first tile. If that takes max(c, s) with s the time to load
/// them, all other tiles take at least c each and what is left of the traffic together; a first tile that loads more
/// only takes longer, as long as compute does not hide it, which max(c, s) allows for.
///
/// *Orders.* Slices of whole rows and slices of whole columns cannot both be kept: an order by rows loads each column
/// again in every row, but for the one at which a snake turns, an order by columns the other way round.
struct StepBound {
    // Elements loaded in all, by what they depend on.
    var constant = 0.0
    var byRow = 0.0
    var byColumn = 0.0
    var byTile = 0.0
    var streamed = 0.0
    /// Elements that are loaded once at least, at a time unknown.
    var atLeastOnce = 0.0
    // Compute in all, by the k-step in which it falls.
    var computeStreamed = 0.0
    var computeFirst = 0.0
    var computeLast = 0.0
    var computeAnywhere = 0.0
    /// Elements held whatever the depth, and per unit of depth.
    var held = 0.0
    var heldPerDepth = 0.0
    var evictedTensors = 0.0
    var outputCount = 0
    var sinkCount = 0
    var sinkReduction = 0.0
    var smallestReduction = Double.infinity

    var compute: Double { computeStreamed + computeFirst + computeLast + computeAnywhere }

    /// The bound; infinite if no granularity of the class fits.
    func latency(_ tables: ClassTables) -> Double {
        let pricingClass = tables.pricingClass
        let graph = tables.graph
        let several = pricingClass.hasSeveralDepths
        var held = held
        if several { held += Double(max(0, sinkCount - outputCount)) * tables.tileElements }
        guard held + heldPerDepth <= graph.capacity else { return .infinity }
        let (rows, columns) = (Double(pricingClass.fewestRows), Double(pricingClass.fewestColumns))
        let widest = min(1, tables.widestGranule / Double(pricingClass.outputWidth))
        let highest = min(1, tables.highestGranule / Double(pricingClass.outputHeight))
        let crossing = min(
            byRow + byColumn * (rows - (rows - 1) * widest), byColumn + byRow * (columns - (columns - 1) * highest))
        let unstreamed = constant + byTile + crossing
        let evicted = evictedTensors * tables.outputElements
        let bandwidth = graph.bandwidth
        // What is loaded at a time unknown may hide behind the compute of any k-step: it counts in the sum alone.
        let traffic = (unstreamed + atLeastOnce + streamed + evicted) / bandwidth
        guard several else {
            let tile = compute / tables.tiles
            let first = max(tile, constant / bandwidth)
            return max(compute, first + max(compute - tile, traffic - first))
        }
        guard sinkCount > 0 else { return .infinity }
        var deepest = min(tables.depthLimit, sinkReduction - 1, smallestReduction)
        if heldPerDepth > 0 { deepest = min(deepest, ((graph.capacity - held) / heldPerDepth).rounded(.down)) }
        guard deepest >= 1 else { return .infinity }
        let tile = TileBound(
            reduction: sinkReduction, deepest: deepest,
            compute: computeStreamed / tables.tiles / sinkReduction,
            load: streamed / tables.tiles / sinkReduction / bandwidth,
            firstCompute: computeFirst / tables.tiles, firstLoad: unstreamed / tables.tiles / bandwidth,
            lastCompute: computeLast / tables.tiles, lastLoad: evicted / tables.tiles / bandwidth)
        return max(max(compute, traffic), tile.latency * tables.tiles * (1 - 1e-12))
    }
}

/// See ``StepBound``: one tile of several k-steps.
private struct TileBound {
    let reduction: Double
    let deepest: Double
    let compute: Double
    let load: Double
    let firstCompute: Double
    let firstLoad: Double
    let lastCompute: Double
    let lastLoad: Double

    var latency: Double {
        guard deepest > reduction / 2 else {
            return max(compute, load) * (reduction - 2 * deepest) + first(deepest) + last(deepest)
        }
        var least = min(two(reduction / 2), two(deepest))
        if compute != load {
            for depth in [
                (firstLoad - firstCompute) / (compute - load), reduction - (lastLoad - lastCompute) / (compute - load),
            ] where depth > reduction / 2 && depth < deepest { least = min(least, two(depth)) }
        }
        return least
    }

    private func first(_ depth: Double) -> Double { max(compute * depth + firstCompute, load * depth + firstLoad) }
    private func last(_ depth: Double) -> Double { max(compute * depth + lastCompute, load * depth + lastLoad) }
    private func two(_ depth: Double) -> Double { first(depth) + last(reduction - depth) }
}
