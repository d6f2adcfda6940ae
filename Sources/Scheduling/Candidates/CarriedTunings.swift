import CostModel
import TensorGraph

extension Session {
    /// Notes granularities that were searched exhaustively.
    func note(tunings candidates: [Candidate]) {
        note(tunings: candidates.lazy.filter(\.isTuned).map { ($0.key, $0.tuning) })
    }
}

/// What was found of steps on another chip, for a proof on this one.
public struct CarriedTunings: Sendable {
    /// What was found there.
    let tunings: StepTunings
    /// By which factor a lower bound from there holds here; nil where none does.
    let boundFactor: Double?

    /// - Parameters:
    ///   - tunings: what was found there.
    ///   - boundFactor: no step is faster here than this times what it is there at least; nil where nothing is known.
    public init(_ tunings: StepTunings, boundFactor: Double?) {
        self.tunings = tunings
        self.boundFactor = boundFactor
    }

    /// What is lost to rounding when a bound is scaled.
    private static let rounding = 1e-15

    /// Gives candidates the granularities that are as good here, and the lower bounds that hold here. A candidate whose
    /// granularity meets its bound needs no search.
    static func apply(
        _ carried: [CarriedTunings], to candidates: inout [Candidate], problem: Problem, reductionCap: ReductionCap
    ) {
        guard !carried.isEmpty else { return }
        let analyzer = StepAnalyzer(problem)
        for index in candidates.indices where !candidates[index].isTuned {
            let key = candidates[index].key
            let known = carried.compactMap { part in
                part.tunings.tunings[key].map { (state: $0, factor: part.boundFactor) }
            }
            guard !known.isEmpty,
                let structure = try? analyzer.analyze(ops: key.ops, retained: key.retained)
            else { continue }
            let cost = StepCost(structure, problem: problem, resident: key.resident)
            for (state, factor) in known {
                let bound = factor.map { $0 == 1 ? state.lowerBound : state.lowerBound * $0 * (1 - rounding) } ?? 0
                candidates[index].carry(
                    choice(state.choice, structure, cost, problem.hardware, reductionCap), lowerBound: bound)
            }
        }
    }

    /// A granularity of another chip with its latency on this one; nil where it is not valid, or has no closed form.
    private static func choice(
        _ choice: GranularityChoice, _ structure: StepStructure, _ cost: StepCost, _ hardware: Hardware,
        _ cap: ReductionCap
    ) -> GranularityChoice? {
        let granularity = choice.granularity
        guard (try? structure.check(granularity, hardware: hardware, cap: cap)) != nil,
            !cost.needsSimulation(granularity), cost.workingSet(granularity) <= Double(hardware.fastMemoryCapacity)
        else { return nil }
        return GranularityChoice(
            granularity: granularity, order: choice.order,
            latency: cost.latency(granularity, order: choice.order))
    }
}
