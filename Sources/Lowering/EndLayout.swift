import TensorGraph

/// Places resident and retained tensors at the two ends of fast memory.
///
/// What even steps retain lies at the low end, what odd steps retain at the high end, so that in every step one end
/// holds what comes from the step before and the other what goes to the step after. A tensor that is resident and
/// retained again is written anew, and nothing reads the old copy (RULES 4: a tensor that the step writes it reads from
/// itself); the old copy dies when the step starts. Such tensors lie innermost, so that what is left of the block is
/// one piece at the end.
struct EndLayout {
    struct StepEnds {
        var resident: [KeptTensor] = []
        var retained: [KeptTensor] = []
        /// What is left for slices and tiles.
        var middle: Range<Int>
    }

    private(set) var steps: [StepEnds] = []

    init(_ schedule: Schedule, problem: Problem) {
        let capacity = problem.hardware.fastMemoryCapacity
        var previous: [KeptTensor] = []
        for (index, step) in schedule.steps.enumerated() {
            let next = index + 1 < schedule.steps.count ? Set(schedule.steps[index + 1].retained) : []
            let retained = Set(step.retained).sorted()
            let outermostFirst = retained.filter { !next.contains($0) } + retained.filter(next.contains)
            let isLow = index.isMultiple(of: 2)
            var ends = StepEnds(middle: 0..<capacity)
            var taken = 0
            for tensor in outermostFirst {
                let size = problem[tensor].size
                ends.retained.append(
                    KeptTensor(tensor: tensor, address: isLow ? taken : capacity - taken - size, size: size))
                taken += size
            }
            ends.resident = previous.filter { !retained.contains($0.tensor) }
            let other = ends.resident.reduce(0) { $0 + $1.size }
            let (low, high) = isLow ? (taken, other) : (other, taken)
            ends.middle = low..<max(low, capacity - high)
            previous = ends.retained
            steps.append(ends)
        }
    }
}
