import CostModel
import GLPKBackend
import TensorGraph
import TestSupport
import Testing

@testable import Scheduling

@Suite("Proof by pricing")
struct PricingProofTests {
    /// What pricing alone makes of a list schedule.
    private func session(_ problem: Problem, gap: Double = 0, threads: Int = 1) throws -> (Session, Ending) {
        let session = Session(problem, control: SolveControl(gap: gap))
        let list = ListScheduling(options: ListScheduler.Options(), warmStart: nil)
        _ = try list.run(in: session, budget: session.budget)
        var proof = PricingProof(threads: threads, solver: GLPKSolver())
        return (session, try proof.run(in: session, budget: session.budget))
    }

    @Test("finds the optimum of random problems and proves nearly all, from the list scheduler's schedule alone")
    func randomProblems() throws {
        var (improved, proven) = (0, 0)
        for example in try ExactCase.samples.get().prefix(100) {
            let text = Comment(rawValue: ProblemFile.text(of: example.problem))
            let optimum = try example.search().objective
            let (session, ending) = try session(example.problem)
            #expect(session.bestBound <= optimum * (1 + 1e-9), text)
            #expect(agree(session.cutoff, optimum), text)
            let result = try session.result(ending)
            #expect((result.status == .optimal) == session.isDone, text)
            if result.incumbent.source != .list { improved += 1 }
            if session.isDone { proven += 1 }
            let certificate = try #require(result.certificate)
            #expect(certificate.bound <= optimum * (1 + 1e-9), text)
        }
        // Now and then the list of steps at the slack meets its limit, and the bound stays what pricing made it.
        #expect(improved > 0 && proven >= 95, "\(improved), \(proven)")
    }

    @Test("stops as soon as the gap that was asked for is met")
    func stopsAtGap() throws {
        let problem = try OwnProblem.read("ffn-8")
        let (session, ending) = try session(problem, gap: 0.2)
        #expect(ending == .limit(.gap))
        #expect(session.gap <= 0.2)
    }

    @Test("proves the same with any number of threads")
    func threads() throws {
        let problem = try OwnProblem.read("siblings-9")
        let (one, _) = try session(problem, threads: 1)
        let (two, _) = try session(problem, threads: 2)
        #expect(one.bestBound == two.bestBound && one.cutoff == two.cutoff)
        #expect(one.isDone)
    }

    @Test("proves nothing without time")
    func stopsAtOnce() throws {
        let control = SolveControl()
        control.cancel()
        let problem = try OwnProblem.read("mlp-12")
        let session = Session(problem, control: control)
        let list = ListScheduling(options: ListScheduler.Options(), warmStart: nil)
        _ = try list.run(in: session, budget: session.budget)
        var proof = PricingProof(threads: 1, solver: GLPKSolver())
        #expect(try proof.run(in: session, budget: session.budget) == .limit(.interrupted))
        #expect(session.bestBound == 0)
    }
}
