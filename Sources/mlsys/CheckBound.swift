import ArgumentParser
import CostModel
import Reporting
import Scheduling
import TensorGraph

/// `mlsys check-bound PROBLEM CERTIFICATE`: whether the prices prove their bound.
struct CheckBound: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Confirm a bound from its dual prices alone, step by step.",
        discussion: """
            Tries every connected set of ops with every set of tensors found and retained,
            and compares what the step is worth by the prices with the least that it costs
            at any granularity. It shares nothing with the search that found the prices
            but the cost model. The number of sets grows exponentially with the ops:
            --sets limits it.

            Exit code 0: confirmed. 1: a step is worth more than it costs, or the prices
            do not add up. 2: not all steps were tried, and none of those that were
            contradicts it.
            """)

    @Argument(help: ArgumentHelp("The problem file.", valueName: "PROBLEM"), completion: .file())
    var problem: String

    @Argument(
        help: ArgumentHelp("The certificate, of mlsys bound --certificate.", valueName: "CERTIFICATE"),
        completion: .file())
    var certificate: String

    @Option(help: ArgumentHelp("Connected sets of ops tried at most.", valueName: "N"))
    var sets = 10_000_000

    mutating func validate() throws {
        try ArgumentChecks.inputs([("PROBLEM", problem), ("CERTIFICATE", certificate)])
        guard sets >= 1 else { throw ValidationError("At least one set has to be tried.") }
    }

    func run() throws {
        let loaded = try ProblemFile.read(problem)
        let prices = try BoundCertificate.read(certificate)
        var check = CertificateCheck(prices, problem: loaded, limit: sets)
        let outcome = check.run()
        let counts = check.statistics
        let tried =
            "\(readable(counts.sets)) connected sets of ops, \(counted(counts.steps, "step")), "
            + "\(readable(counts.searched)) searched for a granularity, \(readable(counts.tight)) worth just what they cost"
        switch outcome {
        case .confirmed:
            try Console.write(
                "bound \(readable(prices.bound)), to the last digit \(prices.bound), confirmed: \(tried)\n")
        case .violated(let violation):
            throw Failure(.invalidSchedule, "\(certificate): proves nothing: \(violation)")
        case .invalid(let fault):
            throw Failure(.invalidSchedule, "\(certificate): proves nothing: \(fault)")
        case .unfinished(let reason):
            throw Failure(.unfinished, "\(certificate): not confirmed: \(reason); \(tried)")
        }
    }
}
