import CostModel
import Synchronization
import TensorGraph

/// Enumerates the steps that a schedule can consist of, each with its best granularity.
///
/// The result is complete when no limit was met: then every schedule of RULES (with named tile orders) can be changed
/// into one of candidates that costs no more. What is left out, and why nothing is lost:
/// - *Useless unions.* A step without hand-offs that costs no less than its ops as single steps: the single steps, in
///   topological order, read the same tensors and evict all that the step evicts.
/// - *Useless lifetimes.* A retained tensor that the next step does not read, unless `ThrowAway` says that it could
///   pay not to evict it.
package struct CandidateEnumerator: Sendable {
    /// Limits on the work.
    package typealias Limits = EnumerationLimits

    /// When the exhaustive search for the best granularity is made.
    package enum Tuning: Sendable, Hashable {
        /// For every candidate at once.
        case exhaustive
        /// Candidates get a fast cost and a lower bound; whoever needs the best tunes them, see `GranularityTuner`.
        case bounded
    }

    /// What the candidates are for.
    enum Purpose: Sendable, Hashable {
        /// A proof: nothing is left out without need, and what is left out is noted.
        case proof
        /// A window, of which there are many: what is rarely of use is left out, and ever fewer hand-offs are looked at
        /// until there are no more steps than the limit.
        case window
    }

    /// What is enumerated.
    let subproblem: Subproblem
    /// When granularities are searched exhaustively.
    package let tuning: Tuning
    /// Granularity search for each step.
    package let optimizer: GranularityOptimizer
    private let fast: GranularityOptimizer
    private let purpose: Purpose
    private let groups: [OpSet]?
    private let known: KnownTunings
    /// Limits on the work.
    package let limits: Limits
    /// Cores to use; the result is the same for any number.
    package let threads: Int

    private var problem: Problem { subproblem.problem }

    /// Creates an enumerator for a whole problem.
    package init(
        _ problem: Problem, reductionCap: ReductionCap = .native, limits: Limits = Limits(), threads: Int = 2,
        tuning: Tuning = .exhaustive
    ) {
        self.init(
            Subproblem(whole: problem), purpose: .proof, reductionCap: reductionCap, limits: limits, threads: threads,
            tuning: tuning)
    }

    /// Creates an enumerator.
    ///
    /// - Parameters:
    ///   - groups: disjoint sets of ops, together all of them, that no step divides; nil for single ops.
    ///   - effort: of one search for a granularity; nil for what the search needs.
    ///   - known: what is known from earlier, found with the same effort.
    init(
        _ subproblem: Subproblem, purpose: Purpose, groups: [OpSet]? = nil, reductionCap: ReductionCap, limits: Limits,
        threads: Int, tuning: Tuning, effort: GranularityOptimizer.Effort? = nil, known: KnownTunings = KnownTunings()
    ) {
        self.subproblem = subproblem
        self.purpose = purpose
        self.known = known
        self.groups = groups
        self.tuning = tuning
        fast = GranularityOptimizer(subproblem.problem, reductionCap: reductionCap, mode: .fast, effort: effort)
        optimizer = GranularityOptimizer(
            subproblem.problem, reductionCap: reductionCap, mode: .exhaustive, effort: effort)
        self.limits = limits
        self.threads = max(1, threads)
    }

    /// Enumerates all candidates, or as many as the limits allow.
    ///
    /// - Parameter isCancelled: polled now and then; when it says true the set is returned as far as it has come,
    ///   with that reason among its omissions.
    package func enumerate(isCancelled: @escaping @Sendable () -> Bool = { false }) -> CandidateSet {
        guard problem.ops.count <= OpSet.capacity else {
            return CandidateSet(omissions: [.tooManyOps(count: problem.ops.count, capacity: OpSet.capacity)])
        }
        var result = CandidateSet()
        let sets = connectedSets(&result, isCancelled)
        guard result.isComplete else { return result }
        let handOffs = self.handOffs(sets)
        result.omissions += handOffs.omissions
        guard purpose == .proof || isAffordable(sets, handOffs) else {
            result.omissions.append(.tooManySteps(limit: limits.tunedSteps))
            return result
        }
        evaluate(sets, handOffs, &result, isCancelled)
        result.statistics.kept = result.candidates.count
        return result
    }

    // MARK: Op sets

    private func connectedSets(_ result: inout CandidateSet, _ isCancelled: @escaping @Sendable () -> Bool) -> [[OpID]]
    {
        let connected = ConnectedSets(problem, reductionCap: optimizer.reductionCap, groups: groups)
        let opOfNumber = connected.opOfNumber
        let limits = limits
        let progress = EnumerationProgress()
        let parts = parallelMap(count: connected.count, threads: threads) { root in
            var connected = connected
            var sets: [[OpID]] = []
            let ended = connected.enumerate(
                root: root,
                continues: { visited in
                    if visited & 255 == 0 { progress.visited.add(256, ordering: .relaxed) }
                    // The first set too: there may be many roots.
                    guard visited & 255 <= 1 else { return true }
                    return progress.isWithin(limits) && !isCancelled()
                },
                visit: { set, canFit in
                    guard canFit else { return }
                    progress.admissible.add(1, ordering: .relaxed)
                    sets.append(set.members.reversed().map { opOfNumber[$0] })
                })
            progress.visited.add(connected.visited & 255, ordering: .relaxed)
            if !ended { progress.unended.add(1, ordering: .relaxed) }
            return sets
        }
        result.statistics.connected = progress.visited.load(ordering: .relaxed)
        result.statistics.admissible = progress.admissible.load(ordering: .relaxed)
        let unended = progress.unended.load(ordering: .relaxed)
        if unended > 0 || !progress.isWithin(limits) {
            // A part of the sets would depend on which thread came first, and proves nothing: none is kept.
            result.omissions.append(
                .stopped(
                    connected: result.statistics.connected, admissible: result.statistics.admissible,
                    unfinished: unended, ops: connected.count, limits: isCancelled() ? nil : limits))
            return []
        }
        return parts.flatMap { $0 }
    }

    // MARK: Hand-offs

    /// Ever fewer hand-offs, for windows that have too many steps with all of them.
    private static let fewerHandOffs = [(sets: 8, tensors: 2), (sets: 4, tensors: 1), (sets: 0, tensors: 0)]

    private func handOffs(_ sets: [[OpID]]) -> HandOffs {
        var handOffs = HandOffs(subproblem, sets: sets, limits: limits, canDiscard: purpose == .proof)
        guard purpose == .window else { return handOffs }
        for fewer in Self.fewerHandOffs where !isAffordable(sets, handOffs) {
            var limits = limits
            (limits.retainedSets, limits.retainedTensors) = (fewer.sets, fewer.tensors)
            handOffs = HandOffs(subproblem, sets: sets, limits: limits, canDiscard: false)
        }
        return handOffs
    }

    /// True when there are no more steps with these hand-offs than the limit on evaluations.
    private func isAffordable(_ sets: [[OpID]], _ handOffs: HandOffs) -> Bool {
        var count = 0
        for ops in sets {
            let members = OpSet(ops.map(\.index))
            var reads: [TensorID] = []
            for op in ops {
                for tensor in problem[op].inputs where !reads.contains(tensor) {
                    let isInside = problem.graph.producers[tensor.index].map { members.contains($0.index) } ?? false
                    if !isInside { reads.append(tensor) }
                }
            }
            count += handOffs.retainable(ops).count * handOffs.residents(reads).count
            guard count <= limits.tunedSteps else { return false }
        }
        return true
    }

    // MARK: Costs

    private struct Evaluated: Sendable {
        var candidates: [Candidate] = []
        var feasible = 0
        /// Steps with granularities that were passed over.
        var unsearched = 0
    }

    private func evaluate(
        _ sets: [[OpID]], _ handOffs: HandOffs, _ result: inout CandidateSet,
        _ isCancelled: @escaping @Sendable () -> Bool
    ) {
        let alone = aloneLatencies()
        let chunk = 64
        let chunks = (sets.count + chunk - 1) / chunk
        let kept = Atomic(0)
        let feasible = Atomic(0)
        let parts = parallelMap(count: chunks, threads: threads) { index -> Evaluated in
            var part = Evaluated()
            guard !isCancelled(), kept.load(ordering: .relaxed) <= 2 * limits.candidates,
                feasible.load(ordering: .relaxed) <= limits.tunedSteps
            else { return part }
            let analyzer = StepAnalyzer(problem)
            for number in index * chunk..<min(sets.count, (index + 1) * chunk) where !isCancelled() {
                guard part.candidates.count <= limits.candidates, part.feasible <= limits.tunedSteps else { break }
                evaluate(sets[number], handOffs, analyzer, alone, &part)
            }
            kept.add(part.candidates.count, ordering: .relaxed)
            feasible.add(part.feasible, ordering: .relaxed)
            return part
        }
        for part in parts {
            result.candidates += part.candidates
            result.statistics.feasible += part.feasible
        }
        let unsearched = parts.reduce(0) { $0 + $1.unsearched }
        if unsearched > 0 { result.omissions.append(.notSimulated(steps: unsearched)) }
        if isCancelled() { result.omissions.append(.granularitiesStopped) }
        if result.statistics.feasible > limits.tunedSteps {
            result.omissions.append(.tooManySteps(limit: limits.tunedSteps))
        }
        if result.candidates.count > limits.candidates {
            result.omissions.append(.tooManyCandidates(limit: limits.candidates))
            result.candidates.removeLast(result.candidates.count - limits.candidates)
        }
    }

    private func aloneLatencies() -> [Double] {
        let analyzer = StepAnalyzer(problem)
        return problem.opIDs.map { op in
            guard let structure = try? analyzer.analyze(ops: [op], retained: []) else { return .infinity }
            let cost = StepCost(structure, problem: problem)
            // Any cost at which an op can run alone will do; windows are many, so theirs has to be found fast.
            let optimizer = purpose == .proof ? optimizer : fast
            return optimizer.best(for: cost, resident: [])?.latency ?? .infinity
        }
    }

    private func evaluate(
        _ ops: [OpID], _ handOffs: HandOffs, _ analyzer: StepAnalyzer, _ alone: [Double], _ part: inout Evaluated
    ) {
        for retained in handOffs.retainable(ops) {
            guard let structure = try? analyzer.analyze(ops: ops, retained: retained) else { continue }
            // What is handed over by the step before is not in slow memory.
            let given = subproblem.border.resident.filter(structure.reads.contains)
            for resident in handOffs.residents(structure.reads) where given.allSatisfy(resident.contains) {
                let cost = StepCost(structure, problem: problem, resident: resident)
                guard optimizer.mayFit(cost) else { continue }
                part.feasible += 1
                var limit = Double.infinity
                if ops.count > 1, retained.isEmpty, resident.isEmpty, !isGroup(ops) {
                    limit = ops.reduce(0) { $0 + alone[$1.index] }
                }
                guard let candidate = candidate(structure, cost, resident, limit, &part.unsearched) else { continue }
                part.candidates.append(candidate)
            }
        }
    }

    /// True when no step divides these ops, so that single steps cannot stand for them.
    private func isGroup(_ ops: [OpID]) -> Bool { groups?.contains(OpSet(ops.map(\.index))) ?? false }

    private func candidate(
        _ structure: StepStructure, _ cost: StepCost, _ resident: [TensorID], _ limit: Double, _ unsearched: inout Int
    ) -> Candidate? {
        let key = StepKey(ops: structure.ops, resident: resident, retained: structure.retained)
        if let tuning = known.tuning(of: key, in: subproblem) {
            guard tuning.lowerBound < limit else { return nil }
            return Candidate(structure, resident: resident, tuning: tuning, problem: problem)
        }
        if tuning == .bounded {
            let bound = fast.lowerBound(of: cost)
            guard bound < limit else { return nil }
            if let choice = fast.best(for: cost, resident: resident) {
                return Candidate(
                    structure, resident: resident, choice: choice, lowerBound: bound, problem: problem)
            }
        }
        let (choice, isComplete, _) = optimizer.search(for: cost, resident: resident, below: limit)
        if !isComplete { unsearched += 1 }
        return choice.map {
            Candidate(structure, resident: resident, choice: $0, problem: problem)
        }
    }
}

/// Counts of an enumeration that several threads share.
private final class EnumerationProgress: Sendable {
    let visited = Atomic(0)
    let admissible = Atomic(0)
    let unended = Atomic(0)

    func isWithin(_ limits: CandidateEnumerator.Limits) -> Bool {
        visited.load(ordering: .relaxed) <= limits.connectedSets
            && admissible.load(ordering: .relaxed) <= limits.admissibleSets
    }
}
