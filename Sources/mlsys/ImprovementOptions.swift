import ArgumentParser
import Scheduling

/// Options of large-neighbourhood search and of where it starts.
struct ImprovementOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Seed of the choices that are made at random.", valueName: "N"))
    var seed = HybridScheduler.Options().seed

    @Option(
        help: ArgumentHelp(
            "Rounds of large-neighbourhood search at most. Without a time limit there is then no clock, and two runs "
                + "give the same schedule.", valueName: "N"))
    var rounds: Int?

    @Option(
        help: ArgumentHelp("A valid schedule to improve.", valueName: "SCHEDULE"), completion: .file())
    var warmStart: String?

    mutating func validate() throws {
        if let rounds, rounds < 0 { throw ValidationError("--rounds is \(rounds); it cannot be negative.") }
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
