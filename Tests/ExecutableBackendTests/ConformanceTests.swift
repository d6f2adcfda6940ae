import ExecutableBackend
import MIP
import SolverTestSupport
import TestSupport
import Testing

@Suite("Executables", .tags(.slow)) struct ExecutableConformanceTests {
    /// Through files it does not show whether an unbounded relaxation has integral points: CBC calls both cases
    /// unbounded, HiGHS says "infeasible or unbounded".
    private static let demands = ConformanceCase.all.filter { $0.description != "unbounded models" }

    @Test(.enabled(if: ExternalSolver.cbc.isInstalled, "needs cbc, which is not installed"), arguments: demands)
    func cbc(_ demand: ConformanceCase) throws {
        let solver = try #require(ExecutableSolver(.cbc))
        #expect(demand.failures(of: solver) == [])
    }

    @Test(
        .enabled(if: ExecutableSolver(.highs) != nil, "needs highs, which is not installed"), arguments: demands)
    func highs(_ demand: ConformanceCase) throws {
        let solver = try #require(ExecutableSolver(.highs))
        #expect(demand.failures(of: solver) == [])
    }
}
