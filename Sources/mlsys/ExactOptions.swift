import ArgumentParser
import CostModel
import Scheduling

/// Options of exact search, for every command that runs it.
struct ExactSearchOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Stop after this many seconds.", valueName: "SECONDS"))
    var timeLimit: Double?

    @Option(help: ArgumentHelp("Stop when the gap, a fraction, is at most this.", valueName: "GAP"))
    var gap = 0.0

    @Option(help: ArgumentHelp("Cores to use; without a clock they do not change the schedule.", valueName: "N"))
    var threads = 2

    @Option(help: ArgumentHelp("Candidates to keep at most, about 1 KiB of memory each.", valueName: "N"))
    var candidates = CandidateEnumerator.Limits().candidates

    @Option(help: "What proves optimality: the integer program, the backward search, the one after the other, or all.")
    var engine = ExactScheduler.Engine.both

    mutating func validate() throws {
        if let timeLimit, !(timeLimit >= 0) {
            throw ValidationError("The time limit is \(timeLimit) seconds; it cannot be negative.")
        }
        guard gap >= 0, gap < 1 else { throw ValidationError("The gap is \(gap); it lies between 0 and 1.") }
        guard threads >= 1 else { throw ValidationError("At least one thread is needed.") }
        guard candidates >= 1 else { throw ValidationError("At least one candidate is needed.") }
    }

    func scheduler(cap: ReductionCap) -> ExactScheduler.Options {
        var options = ExactScheduler.Options()
        options.limits.candidates = candidates
        options.limits.admissibleSets = max(candidates, options.limits.admissibleSets)
        options.threads = threads
        options.engine = engine
        options.reductionCap = cap
        return options
    }
}
