import TensorGraph

extension StepLayout {
    /// Places slices and tiles in what resident and retained tensors leave of fast memory.
    ///
    /// - Throws: ``LoweringError`` when they do not fit, which can happen only where slices coincide now and then.
    init(_ plan: StepPlan, room: Range<Int>, problem: Problem) throws(LoweringError) {
        var addresses: [Int] = []
        var next = room.lowerBound
        for slice in plan.slices {
            addresses.append(next)
            next += plan.loops.largest(slice.region, of: problem[slice.tensor])
        }
        for _ in plan.tiles {
            addresses.append(next)
            next += plan.tileBlock(at: LoopNest.Iteration()).size
        }
        let groups = plan.coincidingSlices
        if groups.isEmpty {
            guard next <= room.upperBound else {
                throw LoweringError("needs \(next - room.upperBound) elements of fast memory more than there are")
            }
            self = .fixed(addresses)
        } else {
            self = try MovingLayout(plan, groups: groups, room: room, problem: problem).layout()
        }
    }
}

extension StepPlan {
    /// Sets of slices that are the same slice in some iterations and not in others: of one tensor and role, but
    /// following different loops.
    var coincidingSlices: [[Int]] {
        var groups: [[Int]] = []
        for number in slices.indices {
            let slice = slices[number]
            let meets = groups.indices.filter { group in
                groups[group].contains { other in
                    slices[other].tensor == slice.tensor && slices[other].role == slice.role
                        && loops.mayCoincide(slices[other].region.rows, slice.region.rows)
                        && loops.mayCoincide(slices[other].region.columns, slice.region.columns)
                }
            }
            let joined = meets.flatMap { groups[$0] } + [number]
            for group in meets.reversed() { groups.remove(at: group) }
            groups.append(joined)
        }
        return groups.filter { $0.count > 1 }
    }
}

extension LoopNest {
    /// Whether two sides of one tensor are the same elements in some iteration.
    func mayCoincide(_ left: SideRange, _ right: SideRange) -> Bool {
        if left == right { return true }
        guard let first = pieceLength(left), let second = pieceLength(right) else { return false }
        // Pieces of different lengths can only be equal at the end of the side.
        return first == second || (pieces(left) - 1) * first == (pieces(right) - 1) * second
    }
}
