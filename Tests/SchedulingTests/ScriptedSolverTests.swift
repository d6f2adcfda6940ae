import CostModel
import Foundation
import GLPKBackend
import MIP
import SolverTestSupport
import Synchronization
import TensorGraph
import TestSupport
import Testing

@testable import Scheduling

@Suite("Solvers that fail, lie or never end")
struct ScriptedSolverTests {
    @Test("What a solver finds on its way is told at once, although it never ends", .timeLimit(.minutes(1)))
    func streams() throws {
        let example = try #require(ExactCase(Fixtures.diamond()))
        let formulation = try example.formulation()
        let alone = try example.problem.graph.topologicalOrder.map { op in
            try #require(
                example.candidates.firstIndex { $0.ops == [op] && $0.resident.isEmpty && $0.retained.isEmpty })
        }
        let worst = try #require(formulation.point(choosing: alone))
        let best = try #require(try GLPKSolver().solve(formulation.model, options: lazy(formulation)).incumbent)
        let objectives = [formulation.model.objective(at: worst), best.objective]
        try #require(objectives[0] > objectives[1])
        let solver = ScriptedMIPSolver(
            over: GLPKSolver(),
            solve: { _, options, onEvent in
                onEvent(.incumbent(Incumbent(point: worst, objective: objectives[0])))
                onEvent(.incumbent(best))
                let far = MIPProgress(nodes: 3, openNodes: 2, columns: 5, dualBound: 1, incumbent: nil, seconds: 0)
                onEvent(.progress(far))
                while options.isCancelled?() != true { Thread.sleep(forTimeInterval: 0.001) }
                return stopped(.noSolution(.interrupted))
            })
        let recorder = SessionTests.Recorder()
        let control = recorder.control()
        let session = Session(example.problem, control: control)
        let ending = Mutex<Ending?>(nil)
        let ended = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            let program = IntegerProgram(
                columns: example.columns, candidates: example.candidates, level: .recompute, solver: solver)
            let outcome = try? program.solve(in: session, budget: session.budget)
            ending.withLock { $0 = outcome?.ending }
            ended.signal()
        }
        while recorder.progress.isEmpty { Thread.sleep(forTimeInterval: 0.001) }
        // The solver is still at it.
        #expect(ending.withLock { $0 } == nil)
        #expect(recorder.incumbents.map(\.source) == [.integer, .integer])
        for (told, objective) in zip(recorder.incumbents, objectives) { #expect(agree(told.latency, objective)) }
        #expect(
            recorder.progress == [SolveProgress(phase: .program, nodes: 3, open: 2, columns: 5)])
        control.cancel()
        ended.wait()
        #expect(ending.withLock { $0 } == .limit(.interrupted))
    }

    @Test("Whatever duals a solver gives, and whatever it says that they prove, no bound is wrong", arguments: 0..<8)
    func wrongDuals(kind: Int) throws {
        let random = Mutex(RandomSource(seed: UInt64(kind)))
        let solver = ScriptedMIPSolver(
            over: GLPKSolver(),
            relax: { model, truth in
                let duals = truth.rowDuals.map { dual in
                    random.withLock { random in
                        switch kind {
                        case 0: dual * 3
                        case 1: -dual
                        case 2: dual + Double.random(in: -1000...1000, using: &random)
                        case 3: Double.nan
                        case 4: Double.infinity
                        case 5: Double.random(in: 0..<1, using: &random) < 0.3 ? dual * 100 : dual
                        case 6: 0.0
                        default: 1e300
                        }
                    }
                }
                return LPResult(
                    termination: truth.termination, objective: truth.objective, point: truth.point,
                    reducedCosts: truth.reducedCosts.map { $0 * 1000 + 1000 }, rowDuals: kind == 6 ? [] : duals,
                    dualBound: 1e12, isCertified: true, seconds: 0, rawStatus: "wrong")
            })
        for problem in try problems() {
            try expectTruth(problem, solver, engine: .search)
            try expectTruth(problem, solver, engine: .both)
        }
    }

    /// What a solver can say of an integer program although it is not so.
    enum Lie: CaseIterable {
        case timeOut, fails, infeasible, unbounded, optimalWithoutPoint, optimalWithoutBound, wrongObjective, nonsense
    }

    @Test(
        "Whatever a solver says of the integer program, nothing is proven by it that is not so", arguments: Lie.allCases
    )
    func wrongAnswers(lie: Lie) throws {
        let solver = ScriptedMIPSolver(
            over: GLPKSolver(),
            solve: { model, options, onEvent in
                let truth = try GLPKSolver().solve(model, options: options)
                guard let found = truth.incumbent else { return truth }
                let zero = Incumbent(point: found.point.map { _ in 0 }, objective: 0)
                let cheap = Incumbent(point: found.point, objective: found.objective / 2)
                switch lie {
                case .timeOut: return stopped(.noSolution(.time))
                case .fails: throw MIPSolverError.solverFailure(call: "solve", code: 5, meaning: "it failed")
                case .infeasible: return stopped(.infeasible, bound: .infinity)
                case .unbounded: return stopped(.unbounded)
                case .optimalWithoutPoint: return stopped(.optimal, bound: .infinity)
                case .optimalWithoutBound: return stopped(.optimal, found)
                case .wrongObjective:
                    onEvent(.incumbent(cheap))
                    return stopped(.optimal, cheap, bound: cheap.objective)
                case .nonsense:
                    onEvent(.incumbent(Incumbent(point: [1], objective: 1)))
                    onEvent(.incumbent(zero))
                    return stopped(.optimal, zero, bound: 1e12)
                }
            })
        for problem in try problems() {
            let result = try expectTruth(problem, solver, engine: .program)
            let proven = result.bounds.contains { $0.kind == .integer }
            #expect(!proven || lie == .timeOut || lie == .optimalWithoutBound)
        }
    }

    // MARK: Support

    private func problems() throws -> [Problem] {
        [try Fixtures.diamond()] + (try ExactCase.samples.get().prefix(12).map(\.problem))
    }

    /// Checks what a scheduler with this solver says against what the backward search of a sound one proves.
    @discardableResult
    private func expectTruth(
        _ problem: Problem, _ solver: any MIPSolver, engine: ProofEngine
    ) throws -> SchedulingResult {
        let truth = try run(problem, GLPKSolver(), engine: .search)
        try #require(truth.status == .optimal)
        let result = try run(problem, solver, engine: engine)
        let text = Comment(rawValue: ProblemFile.text(of: problem))
        for bound in result.bounds where bound.scope.isAboutProblem {
            #expect(bound.value <= truth.incumbent.latency * (1 + 1e-9), text)
        }
        if result.status == .optimal { #expect(agree(result.incumbent.latency, truth.incumbent.latency), text) }
        let latency = try Evaluator(problem).evaluate(result.incumbent.schedule).totalLatency
        #expect(agree(latency, result.incumbent.latency), text)
        return result
    }

    private func run(_ problem: Problem, _ solver: any MIPSolver, engine: ProofEngine) throws -> SchedulingResult {
        var options = Scheduler.Options(.exact)
        (options.engine, options.threads) = (engine, 1)
        (options.limits.retainedSets, options.limits.retainedTensors) = (1 << 6, 6)
        return try Scheduler(problem, solver: solver, options: options).schedule()
    }

    private func lazy(_ formulation: ScheduleFormulation) -> MIPOptions {
        let decoder = ScheduleDecoder(formulation)
        var options = MIPOptions()
        options.lazyRows = { decoder.cut(at: $0).map { [$0.row] } ?? [] }
        return options
    }
}

/// A result with nothing in it but what a test puts there.
private func stopped(
    _ termination: Termination, _ incumbent: Incumbent? = nil, bound: Double = -.infinity
) -> MIPResult {
    MIPResult(
        termination: termination, incumbent: incumbent, dualBound: bound, seconds: 0, rawStatus: "by the script")
}
