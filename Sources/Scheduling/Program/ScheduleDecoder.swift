import MIP
import TensorGraph

/// Puts chosen candidates in an order in which they can run, or finds why there is none (constraint C6).
///
/// Steps joined by a hand-off run one right after the other. With that, a group runs as soon as all that it reads is in
/// slow memory; running it never takes anything away from others, so running whatever can run finds an order if there
/// is one. Where several steps hand over the same set, each way to pair them is tried.
struct ScheduleDecoder {
    let formulation: ScheduleFormulation
    var columns: CandidateColumns { formulation.columns }

    /// Pairings tried at most; beyond it a choice counts as impossible to order only if all were tried.
    private static let maximumPairings = 5040

    init(_ formulation: ScheduleFormulation) { self.formulation = formulation }

    /// What became of a choice.
    enum Outcome {
        /// Candidates in the order of their steps.
        case order([Int])
        /// Steps of which none can run first, and tensors that they wait for.
        case blocked(steps: [Int], waitingFor: OpSet)
    }

    /// Orders the chosen candidates, each listed as often as it is a step.
    func decode(_ chosen: [Int]) -> Outcome {
        var best: (steps: [Int], waitingFor: OpSet)?
        var tried = 0
        let result = pair(chosen, Array(repeating: -1, count: chosen.count), 0, &tried) { next in
            switch order(chosen, next) {
            case .order(let steps): return steps
            case .blocked(let steps, let waitingFor):
                // A cut must hold for every pairing: keep all that is blocked in any of them.
                if let known = best {
                    best = (Array(Set(known.steps).union(steps)).sorted(), known.waitingFor.union(waitingFor))
                } else {
                    best = (steps, waitingFor)
                }
                return nil
            }
        }
        if let result { return .order(result) }
        return .blocked(steps: best?.steps ?? chosen, waitingFor: best?.waitingFor ?? OpSet())
    }

    /// Tries ways to give every step that retains a set a follower that takes it; the last step of all needs none.
    private func pair(
        _ chosen: [Int], _ next: [Int], _ from: Int, _ tried: inout Int, _ attempt: ([Int]) -> [Int]?
    ) -> [Int]? {
        guard tried < Self.maximumPairings else { return nil }
        guard let giver = (from..<chosen.count).first(where: { columns.columns[chosen[$0]].retained != 0 }) else {
            tried += 1
            return attempt(next)
        }
        let handOff = columns.columns[chosen[giver]].retained
        var seen = Set<Int>()
        for taker in chosen.indices
        where taker != giver && !next.contains(taker) && columns.columns[chosen[taker]].resident == handOff
            && seen.insert(chosen[taker]).inserted
        {
            var next = next
            next[giver] = taker
            if let found = pair(chosen, next, giver + 1, &tried, attempt) { return found }
        }
        let hasUnpaired = chosen.indices.prefix(giver).contains {
            columns.columns[chosen[$0]].retained != 0 && next[$0] < 0
        }
        guard columns.canEnd(Int(handOff)), !hasUnpaired else { return nil }
        return pair(chosen, next, giver + 1, &tried, attempt)
    }

    private func order(_ chosen: [Int], _ next: [Int]) -> Outcome {
        var isFollower = [Bool](repeating: false, count: chosen.count)
        for follower in next where follower >= 0 { isFollower[follower] = true }
        // A step whose resident set no step hands over cannot run.
        var pending = chosen.indices.filter { !isFollower[$0] && columns.columns[chosen[$0]].resident == 0 }
        let last = pending.first { head in
            var step = head
            while next[step] >= 0 { step = next[step] }
            return columns.columns[chosen[step]].retained != 0
        }
        pending.removeAll { $0 == last }
        var stored = OpSet()
        var steps: [Int] = []
        func runAll(_ heads: inout [Int]) {
            var moved = true
            while moved {
                moved = false
                for head in heads {
                    guard let run = run(from: head, chosen, next, stored) else { continue }
                    stored = run.stored
                    steps += run.steps
                    heads.removeAll { $0 == head }
                    moved = true
                }
            }
        }
        runAll(&pending)
        if pending.isEmpty, let last {
            pending = [last]
            runAll(&pending)
        }
        guard steps.count < chosen.count else { return .order(steps) }
        var left = chosen
        for step in steps { if let index = left.firstIndex(of: step) { left.remove(at: index) } }
        let waitingFor = left.reduce(OpSet()) { $0.union(columns.columns[$1].slowReads) }.subtracting(stored)
        return .blocked(steps: left, waitingFor: waitingFor)
    }

    /// Runs a step and the steps that it hands over to, if all that they read is there in time.
    private func run(from head: Int, _ chosen: [Int], _ next: [Int], _ stored: OpSet) -> (steps: [Int], stored: OpSet)?
    {
        var stored = stored
        var steps: [Int] = []
        var step = head
        while step >= 0 {
            let column = columns.columns[chosen[step]]
            guard column.slowReads.isSubset(of: stored) else { return nil }
            stored = stored.union(column.evicted)
            steps.append(chosen[step])
            step = next[step]
        }
        return (steps, stored)
    }

    /// The lazy row that forbids a point whose steps cannot be ordered; nil if they can.
    ///
    /// Mostly some steps are out of reach, see ``reachabilityCut(_:)``. Where all would be within reach if they were
    /// there more often, the blocked steps wait for each other: to run any of them needs one fewer of them, or another
    /// step that evicts a tensor that they wait for, or that hands over or takes what one of them does. Written as a
    /// row: sum of the blocked steps - (their number) * sum of such others <= their number - 1.
    func cut(at point: [Double]) -> OrderCut? {
        let chosen = formulation.chosen(at: point)
        guard case .blocked(let steps, let waitingFor) = decode(chosen) else { return nil }
        if let cut = reachabilityCut(chosen) { return cut }
        let blocked = Set(steps)
        let handOffs = Set(
            steps.flatMap { [columns.columns[$0].retained, columns.columns[$0].resident] }.filter { $0 != 0 })
        var terms: [Term] = []
        var hasHelp = false
        for (index, candidate) in formulation.candidateOfColumn.enumerated() {
            let column = columns.columns[candidate]
            if blocked.contains(candidate) {
                terms.append(Term(1, ColumnID(index)))
                if formulation.model.columns[index].bounds.upper > 1 { hasHelp = true }
            } else if !column.evicted.isDisjoint(with: waitingFor) || handOffs.contains(column.retained)
                || handOffs.contains(column.resident)
            {
                terms.append(Term(-Double(blocked.count), ColumnID(index)))
                if point[index] > 0.5 { hasHelp = true }
            }
        }
        // Steps that are there already, or copies of blocked ones, may be the help that the row waits for; and where a
        // step hands over to none, it is its place at the end that may block.
        let hasEnd = handOffs.contains { number in
            chosen.count { columns.columns[$0].retained == number }
                > chosen.count { columns.columns[$0].resident == number }
        }
        guard !hasHelp, !hasEnd else { return exclude(point) }
        let name = "order_" + blocked.sorted().prefix(8).map(String.init).joined(separator: "_")
        return OrderCut(row: Row(name, terms, .atMost(Double(blocked.count - 1))), isExact: true)
    }

    /// Forbids one point: some step of those chosen goes, or another one comes.
    private func exclude(_ point: [Double]) -> OrderCut {
        var terms: [Term] = []
        var most = 0.0
        var isExact = true
        for index in formulation.candidateOfColumn.indices {
            let value = point[index].rounded()
            if value > 0 {
                terms.append(Term(1, ColumnID(index)))
                most += value
                // More copies of the same steps are forbidden too, without proof.
                if formulation.model.columns[index].bounds.upper > 1 { isExact = false }
            } else {
                terms.append(Term(-Double(point.count), ColumnID(index)))
            }
        }
        return OrderCut(row: Row("order_point", terms, .atMost(most - 1)), isExact: isExact)
    }
}

/// A row that forbids a choice of steps that cannot be ordered.
struct OrderCut {
    var row: Row
    /// False when the row may forbid points that could be ordered, so that no bound may be built on it.
    var isExact: Bool
}
