import CostModel
import TensorGraph

/// Makes candidates, as schedules are made of, of the steps that a pricing search lists.
///
/// The search writes one step for all that differ in interchangeable ops, and takes a step to find what it reads. A
/// step of a schedule finds all that the step before it retains. So the list is written out:
/// - *Interchangeable ops.* Every choice of as many ops of each class.
/// - *Tensors found and not read.* Every set that some listed step retains, in the place of the part of it that the
///   step reads. A step retains a tensor that the next one does not read only where ``ThrowAway`` says that it can pay:
///   other such steps can be replaced in a schedule by steps that cost no more. Where it can pay for no listed step,
///   none is added.
///
/// *Proof that nothing is missing.* Let the steps of a schedule be worth it: each has L - V at most the slack, where V
/// is by the prices of the search. A step that finds H and reads A of it is worth no more than the same step finding A,
/// and costs no less, so that (ops, A, R) is listed. H is what the step before it retains, which is listed too. What H
/// is priced by the hand-off rows beyond A lowers the step's value by as much, which has to leave it within the slack.
/// Replacing steps as above makes the schedule cheaper or leaves its cost, so the steps of the new one are listed as
/// well.
struct StepList {
    private let problem: Problem
    private let analyzer: StepAnalyzer
    private let optimizer: GranularityOptimizer

    init(_ problem: Problem, reductionCap: ReductionCap) {
        self.problem = problem
        analyzer = StepAnalyzer(problem)
        optimizer = GranularityOptimizer(problem, reductionCap: reductionCap, mode: .fast)
    }

    /// What steps of a better schedule satisfy: each is worth at most this much less than it costs.
    struct Slack {
        let prices: DualPrices
        /// In units of time.
        let slack: Double

        /// What a set of tensors costs that a step finds, by the hand-off rows.
        fileprivate func price(of found: [TensorID]) -> Double {
            guard !found.isEmpty else { return 0 }
            return prices.handOff.reduce(0) { $1.price > 0 && $1.contains(found) ? $0 + $1.price : $0 }
        }
    }

    /// The candidates of listed steps.
    ///
    /// - Parameters:
    ///   - slack: what the steps were listed with, so that those that find more than they read are held to it too.
    ///   - limit: candidates at most.
    ///   - needsAll: returns nil where there are more; otherwise as many as the limit allows.
    ///   - isStopped: when it says true the list ends as if the limit were met.
    func candidates(
        _ columns: [PricedColumn], interchangeable: [[OpID]], within slack: Slack? = nil, limit: Int, needsAll: Bool,
        isStopped: () -> Bool
    ) -> [Candidate]? {
        var found: [StepKey: Int] = [:]
        var candidates: [Candidate] = []
        // What each candidate is worth.
        var values: [Double] = []
        // By other prices the search has listed each of the ops itself, and what one is worth is not what another is.
        let classes =
            slack.map { InterchangeableOps.withEqualPrices(interchangeable, $0.prices, problem) } ?? interchangeable
        for column in columns {
            guard !isStopped(), expand(column, classes, limit, &candidates, &found) else {
                if needsAll { return nil }
                break
            }
            while values.count < candidates.count { values.append(column.value) }
        }
        while values.count < candidates.count { values.append(.infinity) }
        guard addUnread(limit, slack, values, &candidates, &found, isStopped) || !needsAll else { return nil }
        return candidates
    }

    // MARK: Interchangeable ops

    /// Adds a step with every choice of interchangeable ops; false when there are too many.
    private func expand(
        _ column: PricedColumn, _ classes: [[OpID]], _ limit: Int, _ candidates: inout [Candidate],
        _ found: inout [StepKey: Int]
    ) -> Bool {
        let members = Set(column.ops)
        var choices: [[OpID: OpID]] = [[:]]
        for ops in classes {
            let chosen = ops.filter(members.contains)
            guard !chosen.isEmpty, chosen.count < ops.count else { continue }
            let others = Self.combinations(ops, chosen.count, limit: limit)
            guard others.count * choices.count <= limit - candidates.count else { return false }
            choices = choices.flatMap { choice in
                others.map { other in choice.merging(zip(chosen, other)) { $1 } }
            }
        }
        for choice in choices where !add(column, choice, limit, &candidates, &found) { return false }
        return true
    }

    /// Adds the step with ops exchanged for others; false when there are too many.
    private func add(
        _ column: PricedColumn, _ choice: [OpID: OpID], _ limit: Int, _ candidates: inout [Candidate],
        _ found: inout [StepKey: Int]
    ) -> Bool {
        var tensors: [TensorID: TensorID] = [:]
        for (from, to) in choice {
            for (old, new) in zip(problem[from].outputs, problem[to].outputs) { tensors[old] = new }
        }
        let ops = analyzer.ordered(column.ops.map { choice[$0] ?? $0 })
        let resident = column.resident.map { tensors[$0] ?? $0 }.sorted()
        let retained = column.retained.map { tensors[$0] ?? $0 }.sorted()
        guard let structure = try? analyzer.analyze(ops: ops, retained: retained) else { return true }
        let candidate = Candidate(
            structure, resident: resident, choice: column.choice, lowerBound: column.lowerBound, problem: problem)
        if let known = found[candidate.key] {
            candidates[known].lower(to: candidate)
            return true
        }
        guard candidates.count < limit else { return false }
        found[candidate.key] = candidates.count
        candidates.append(candidate)
        return true
    }

    /// All choices of so many of these, in their order; one more than the limit at most.
    private static func combinations(_ ops: [OpID], _ count: Int, limit: Int) -> [[OpID]] {
        var partial: [(chosen: [OpID], next: Int)] = [([], 0)]
        for position in 0..<count {
            var longer: [(chosen: [OpID], next: Int)] = []
            for (chosen, next) in partial {
                for index in next..<(ops.count - (count - position - 1)) {
                    longer.append((chosen + [ops[index]], index + 1))
                    if longer.count > limit { return longer.map(\.chosen) }
                }
            }
            partial = longer
        }
        return partial.map(\.chosen)
    }

    // MARK: Tensors found and not read

    /// Adds steps that find more than they read; false when there are too many.
    private func addUnread(
        _ limit: Int, _ slack: Slack?, _ values: [Double], _ candidates: inout [Candidate],
        _ found: inout [StepKey: Int], _ isStopped: () -> Bool
    ) -> Bool {
        let mayBeNeeded = candidates.contains {
            ThrowAway.canEverPay(ops: $0.ops, retained: $0.retained, analyzer: analyzer)
        }
        guard mayBeNeeded else { return true }
        var retainedSets = Set<[TensorID]>()
        var disposable = Set<TensorID>()
        for candidate in candidates where !candidate.retained.isEmpty {
            retainedSets.insert(candidate.retained)
            for tensor in candidate.retained where !disposable.contains(tensor) {
                guard let producer = problem.graph.producers[tensor.index] else { continue }
                if ThrowAway.canPay(tensor, producer: producer, in: candidate.ops, problem) {
                    disposable.insert(tensor)
                }
            }
        }
        let sets = retainedSets.filter { $0.contains(where: disposable.contains) }
            .sorted { $0.lexicographicallyPrecedes($1) }
        guard !sets.isEmpty else { return true }
        let prices = sets.map { slack?.price(of: $0) ?? 0 }
        for (candidate, value) in zip(candidates, values) {
            guard !isStopped() else { return false }
            let reads = Set(candidate.slowReads + candidate.resident)
            // How much more the found tensors may be priced than those that are read.
            let allowance =
                slack.map { $0.slack * (1 + 1e-9) - (candidate.lowerBound - value) + $0.price(of: candidate.resident) }
                ?? .infinity
            for (set, price) in zip(sets, prices) where set.count > candidate.resident.count && price <= allowance {
                guard set.filter(reads.contains) == candidate.resident,
                    set.allSatisfy({ reads.contains($0) || disposable.contains($0) })
                else { continue }
                let key = StepKey(ops: candidate.ops, resident: set, retained: candidate.retained)
                guard found[key] == nil,
                    let structure = try? analyzer.analyze(ops: candidate.ops, retained: candidate.retained)
                else { continue }
                let cost = StepCost(structure, problem: problem, resident: set)
                guard let choice = optimizer.best(for: cost, resident: set) ?? exhaustive(cost, set) else { continue }
                guard candidates.count < limit else { return false }
                found[key] = candidates.count
                candidates.append(
                    Candidate(
                        structure, resident: set, choice: choice,
                        lowerBound: min(choice.latency, max(candidate.lowerBound, optimizer.lowerBound(of: cost))),
                        problem: problem))
            }
        }
        return true
    }

    /// A granularity for a step for which the quick search finds none.
    private func exhaustive(_ cost: StepCost, _ resident: [TensorID]) -> GranularityChoice? {
        GranularityOptimizer(problem, reductionCap: optimizer.reductionCap, mode: .exhaustive)
            .best(for: cost, resident: resident)
    }
}

extension PricedColumn {
    /// The step of a master's column; nil if it may be none.
    init?(_ column: MasterColumn) {
        guard let choice = column.choice else { return nil }
        self.init(
            ops: column.ops, resident: column.resident, retained: column.retained, choice: choice,
            lowerBound: column.lowerBound, value: 0)
    }
}
