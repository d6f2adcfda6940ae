import CostModel
import TensorGraph

@testable import Scheduling

/// A pricing engine that looks at every step of a list: what the search has to agree with on small problems.
struct ListPricer: PricingEngine {
    let problem: Problem
    let candidates: [Candidate]
    var interchangeable: [[OpID]] = []

    func run(_ prices: DualPrices, slack: PricingSlack, limits: PricingLimits) -> PricingOutcome {
        var outcome = PricingOutcome(feasible: prices)
        outcome.isComplete = true
        var (factor, allowance) = (1.0, 0.0)
        switch slack {
        case .relative(let eps): factor = 1 - eps
        case .absolute(let difference): allowance = difference
        }
        var scale = factor
        var found: [(ratio: Double, column: PricedColumn)] = []
        for candidate in candidates {
            let value = prices.value(
                ops: candidate.ops, resident: candidate.resident, retained: candidate.retained, problem: problem)
            if value * scale > candidate.latency { scale = candidate.latency / value }
            let worth = factor * value
            guard worth > candidate.latency - allowance + 1e-9 * candidate.latency else { continue }
            let choice = GranularityChoice(
                granularity: candidate.granularity, order: candidate.order, latency: candidate.latency)
            found.append(
                (
                    worth / max(candidate.latency, 1e-9),
                    PricedColumn(
                        ops: candidate.ops, resident: candidate.resident, retained: candidate.retained, choice: choice,
                        lowerBound: candidate.latency, value: worth)
                ))
        }
        outcome.feasible = prices.scaled(by: scale)
        found.sort { $0.ratio > $1.ratio }
        outcome.columns = found.prefix(limits.columns).map(\.column)
        return outcome
    }
}

extension Candidate {
    /// Tensors that its ops read and do not write.
    func reads(in problem: Problem) -> Set<TensorID> {
        Set(ops.flatMap { problem[$0].inputs }).subtracting(ops.flatMap { problem[$0].outputs })
    }
}
