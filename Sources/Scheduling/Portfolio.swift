import CostModel
import MIP
import TensorGraph

/// The strategies of a run, and the order and shares in which they work.
///
/// The tables say what each method does. A strategy that comes back goes on where it stopped.
struct Portfolio {
    /// A strategy by its place in the portfolio.
    enum Member: Sendable, Hashable {
        case list, bounds, polish, proof, pricing, windows
    }

    /// One entry of a table.
    struct Row: Sendable {
        let member: Member
        /// Part of the time left that it may take.
        var share = 1.0
        /// A first attempt, that ends soon where the problem is not small.
        var isQuick = false
    }

    /// What leads to a first incumbent and the first bounds.
    private static let start = [Row(member: .list), Row(member: .bounds), Row(member: .polish)]

    /// The rows of each method; with a limit that is short for the graph, windows come before bounds.
    static func table(_ method: Scheduler.Method, isShort: Bool = false) -> [Row] {
        switch method {
        case .exact:
            start + [
                Row(member: .pricing, share: 0.7), Row(member: .proof, share: 0.6), Row(member: .pricing),
                Row(member: .proof),
            ]
        case .hybrid: start + [Row(member: .windows)]
        case .auto where isShort:
            start + [
                Row(member: .proof, share: 0.2, isQuick: true), Row(member: .pricing, share: 0.1),
                Row(member: .windows, share: 0.8), Row(member: .pricing), Row(member: .windows), Row(member: .proof),
            ]
        case .auto:
            start + [
                Row(member: .proof, share: 0.2, isQuick: true), Row(member: .pricing, share: 0.25),
                Row(member: .windows, share: 0.35), Row(member: .pricing, share: 0.75),
                Row(member: .proof, share: 0.45), Row(member: .windows), Row(member: .pricing),
                // Nothing more to try: what is left of the time belongs to the proof.
                Row(member: .proof),
            ]
        }
    }

    /// A limit of fewer seconds for each op is short, if it is no longer than that in all: pricing would not get far in
    /// its share of it.
    private static let secondsPerOp = 0.05
    private static let longestShortLimit = 10.0

    /// What small graphs have: with fewer candidates than these, proof takes less time than any other search.
    private static let quickLimits: EnumerationLimits = {
        var limits = EnumerationLimits()
        limits.connectedSets = 40_000
        limits.admissibleSets = 3_000
        limits.candidates = 8_000
        return limits
    }()

    /// States of the backward search in the first attempt at a proof.
    private static let quickStates = 50_000

    private let options: Scheduler.Options
    private var members: [Member: any Strategy]

    init(_ problem: Problem, solver: any MIPSolver, options: Scheduler.Options) {
        self.options = options
        var list = ListScheduler.Options()
        list.reductionCap = options.reductionCap
        members = [
            .list: ListScheduling(options: list, warmStart: options.warmStart),
            .bounds: GraphBounds(reductionCap: options.reductionCap),
            .polish: GranularityPolish(
                reductionCap: options.reductionCap, threads: options.threads, known: options.knownTunings),
            .proof: EnumerationProof(
                engine: options.engine, level: options.level, certifies: options.certifies,
                reductionCap: options.reductionCap, threads: options.threads,
                enumerationShare: options.method == .exact ? 0.6 : 0.4, known: options.knownTunings, solver: solver),
            .pricing: PricingProof(
                reductionCap: options.reductionCap, threads: options.threads, knownSteps: options.knownSteps,
                solver: solver),
        ]
        if Self.table(options.method).contains(where: { $0.member == .windows }) {
            members[.windows] = WindowSearch(
                problem, solver: solver, reductionCap: options.reductionCap, threads: options.threads,
                seed: options.seed)
        }
    }

    /// Runs the method's rows until something is proven, or the last has ended.
    mutating func run(in session: Session) throws -> SchedulingResult {
        // Two answers to compare are wanted even if a bound has settled the matter.
        let goesOn = options.method == .exact && options.engine == .all
        var last = Ending.exhausted
        var isOutOfRounds = false
        let shortLimit = min(Self.longestShortLimit, Self.secondsPerOp * Double(session.problem.ops.count))
        for row in Self.table(options.method, isShort: session.budget.remainingSeconds < shortLimit) {
            if session.isDone, !goesOn { return try session.result(.proven) }
            if row.member == .pricing, !usesPricing { continue }
            if options.method == .auto, !Self.start.contains(where: { $0.member == row.member }),
                session.budget.shouldStop
            {
                break
            }
            last = try run(row, in: session)
            if last == .limit(.rounds) { isOutOfRounds = true }
            // The best of candidates that are not complete is no reason to stop: windows may find steps that they lack.
            if last == .proven, !goesOn, session.hasAllCandidates || session.isDone { break }
        }
        return try session.result(ending(last, session, isOutOfRounds: isOutOfRounds))
    }

    /// Pricing proves bounds for all schedules, recomputation included. A run in rounds has no clock to end it, and one
    /// that compares engines is about the candidates.
    private var usesPricing: Bool {
        options.level == .recompute && options.maximumRounds == nil
            && (options.engine == .both || options.engine == .all)
    }

    private mutating func run(_ row: Row, in session: Session) throws -> Ending {
        var budget = session.budget.share(row.share)
        budget.rounds = options.maximumRounds
        budget.enumeration = row.isQuick ? Self.quickLimits : options.limits
        budget.states = row.isQuick ? Self.quickStates : nil
        guard var strategy = members[row.member] else { return .exhausted }
        defer { members[row.member] = strategy }
        // The only copy has to be the one that works: a second would be copied with every change.
        members[row.member] = nil
        return try strategy.run(in: session, budget: budget)
    }

    /// How the whole run ended.
    private func ending(_ last: Ending, _ session: Session, isOutOfRounds: Bool) -> Ending {
        if options.method == .exact { return last }
        if last == .proven, session.hasAllCandidates || session.isDone { return .proven }
        return session.budget.stop.map(Ending.limit) ?? (isOutOfRounds ? .limit(.rounds) : .exhausted)
    }
}
