import GLPKBackend
import MIP
import SolverTestSupport
import Testing

@Suite struct ConformanceTests {
    @Test(arguments: ConformanceCase.all)
    func glpk(_ demand: ConformanceCase) {
        #expect(demand.failures(of: GLPKSolver()) == [])
    }

    @Test(arguments: ConformanceCase.all.filter(\.isPureInteger))
    func bruteForce(_ demand: ConformanceCase) {
        #expect(demand.failures(of: BruteForceMIPSolver()) == [])
    }
}
