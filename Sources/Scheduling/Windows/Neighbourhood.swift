import TensorGraph

/// One way to pick windows of a schedule.
///
/// A plan has the steps of the schedule, each once, in an order in which they can run, and windows that do not overlap.
/// It depends on nothing but its arguments.
protocol Neighbourhood: Sendable {
    /// Picks disjoint windows at random.
    ///
    /// - Parameters:
    ///   - steps: a valid schedule.
    ///   - problem: the whole problem.
    ///   - sizes: how large windows may be, and where they are worth the most.
    ///   - count: windows at most, where the kind of window does not say how many there are.
    func plan(
        _ steps: [Candidate], of problem: Problem, sizes: WindowSizes, count: Int, using random: inout RandomSource
    ) -> WindowPlan
}

/// All neighbourhoods, each with how often it is picked.
struct NeighbourhoodTable: Sendable {
    /// The neighbourhoods and their weights: times in ten rounds. Chosen by hand: what is cheap or finds much comes
    /// more often.
    static let entries: [(neighbourhood: any Neighbourhood, weight: UInt64)] = [
        (Segments(), 3),
        (ChainRegions(growth: .region, isCoarse: false), 3),
        (ChainRegions(growth: .readers, isCoarse: false), 1),
        (ChainRegions(growth: .region, isCoarse: true), 2),
        (ChainRegions(growth: .readers, isCoarse: true), 1),
    ]

    /// One of them, with probability in proportion to its weight.
    static func pick(using random: inout RandomSource) -> any Neighbourhood {
        var left = random.next() % entries.reduce(0) { $0 + $1.weight }
        for (neighbourhood, weight) in entries {
            if left < weight { return neighbourhood }
            left -= weight
        }
        return Segments()
    }
}
