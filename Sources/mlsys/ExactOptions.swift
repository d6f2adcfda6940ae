import ArgumentParser
import CostModel
import Scheduling

/// Options of exact search, for every command that runs it.
struct ExactSearchOptions: ParsableArguments {
    /// A proof that nobody waits for any longer, in seconds.
    static let defaultTimeLimitSeconds = 60.0

    @Option(help: ArgumentHelp("Stop after this many seconds.", valueName: "SECONDS"))
    var timeLimit: Double?

    @Option(help: ArgumentHelp("Stop when the gap, a fraction, is at most this.", valueName: "GAP"))
    var gap = defaults.gap

    @Option(help: ArgumentHelp("Cores to use; without a clock they do not change the schedule.", valueName: "N"))
    var threads = defaults.threads

    @Option(help: ArgumentHelp("Candidates to keep at most, about 1 KiB of memory each.", valueName: "N"))
    var candidates = defaults.candidates

    @Option(help: "What proves optimality: the integer program, the backward search, the one after the other, or all.")
    var engine = defaults.engine

    @Option(help: "What solves the integer program: the library GLPK, or the executable cbc or highs on PATH.")
    var solver = defaults.solver

    mutating func validate() throws {
        _ = try solver.makeSolver()
        try ArgumentChecks.number("--time-limit", timeLimit)
        try ArgumentChecks.number("--gap", gap)
        guard gap < 1 else { throw ValidationError("--gap is \(gap); it is a fraction, below 1.") }
        try ArgumentChecks.number("--threads", threads, least: 1)
        try ArgumentChecks.number("--candidates", candidates, least: 1)
    }

    /// Those of the options that have another value than their default.
    var changed: Set<String> {
        let plain = ExactSearchOptions.defaults
        var changed: Set<String> = []
        if timeLimit != nil { changed.insert("--time-limit") }
        if gap != plain.gap { changed.insert("--gap") }
        if threads != plain.threads { changed.insert("--threads") }
        if candidates != plain.candidates { changed.insert("--candidates") }
        if engine != plain.engine { changed.insert("--engine") }
        if solver != plain.solver { changed.insert("--solver") }
        return changed
    }

    private static let defaults = (
        gap: 0.0, threads: 2, candidates: CandidateEnumerator.Limits().candidates, engine: ProofEngine.both,
        solver: SolverRegistry.glpk
    )

    func scheduler(cap: ReductionCap) -> Scheduler.Options {
        var options = Scheduler.Options(.exact)
        options.limits.candidates = candidates
        options.limits.admissibleSets = max(candidates, options.limits.admissibleSets)
        options.threads = threads
        options.engine = engine
        options.reductionCap = cap
        return options
    }
}
