import ExecutableBackend
import MIP
import SolverTestSupport
import Testing

@Suite("Executables") struct ExecutableConformanceTests {
    @Test(.enabled(if: ExternalSolver.cbc.isInstalled, "needs cbc, which is not installed"), arguments: ConformanceCase.all)
    func cbc(_ demand: ConformanceCase) throws {
        let solver = try #require(ExecutableSolver(.cbc))
        #expect(demand.failures(of: solver) == [])
    }

    @Test(
        .enabled(if: ExecutableSolver(.highs) != nil, "needs highs, which is not installed"), arguments: ConformanceCase.all)
    func highs(_ demand: ConformanceCase) throws {
        let solver = try #require(ExecutableSolver(.highs))
        #expect(demand.failures(of: solver) == [])
    }
}
