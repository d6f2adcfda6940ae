import ArgumentParser
import Scheduling

/// Options of large-neighbourhood search and of where it starts.
struct ImprovementOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Seed of the choices that are made at random.", valueName: "N"))
    var seed = Scheduler.Options().seed

    @Option(
        help: ArgumentHelp(
            "Rounds of large-neighbourhood search at most. Without a time limit there is then no clock, and two runs "
                + "give the same schedule.", valueName: "N"))
    var rounds: Int?

    @Option(
        help: ArgumentHelp("A valid schedule to improve.", valueName: "SCHEDULE"), completion: .file())
    var warmStart: String?

    mutating func validate() throws {
        try rounds.map { try ArgumentChecks.number("--rounds", $0, least: 0) }
        try ArgumentChecks.inputs([("--warm-start", warmStart)])
    }

    /// Those of the options that have another value than their default.
    var changed: Set<String> {
        var changed: Set<String> = []
        if seed != Scheduler.Options().seed { changed.insert("--seed") }
        if rounds != nil { changed.insert("--rounds") }
        if warmStart != nil { changed.insert("--warm-start") }
        return changed
    }
}

/// Options of what is told while a problem is solved.
struct WatchOptions: ParsableArguments {
    @Option(help: "Print progress to standard error; auto: when that is a terminal.")
    var progress = ProgressMode.auto

    @Option(
        help: ArgumentHelp(
            "Append a JSON line for every better schedule, bound and phase to a file; - for standard error.",
            valueName: "FILE"), completion: .file())
    var log: String?
}

extension ProgressMode: ExpressibleByArgument {}
