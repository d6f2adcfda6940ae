import GLPKBackend
import TensorGraph

@testable import Scheduling

extension ExactCase {
    /// Column generation with single ops in the pool.
    ///
    /// - Parameter engine: finds the steps; nil for the search, on one core.
    func generation(by engine: (any PricingEngine)? = nil) throws -> ColumnGeneration {
        let engine = engine ?? PricingSearch(problem, threads: 1)
        let singles = candidates.filter { $0.ops.count == 1 && $0.resident.isEmpty && $0.retained.isEmpty }
        let master = try RestrictedMaster(
            problem, interchangeable: engine.interchangeable,
            pool: singles.map { MasterColumn($0, problem: problem) }, solver: GLPKSolver())
        return ColumnGeneration(engine: engine, master: master)
    }
}
