import CostModel
import GLPKBackend
import MIP
import Scheduling
import TensorGraph

/// A problem and how it is to be solved.
struct SolveJob: Sendable {
    var problem: Problem
    /// For messages.
    var problemPath: String
    var method: SolveMethod
    var listOptions = ListScheduler.Options()
    var options = Scheduler.Options()

    /// What came of it.
    struct Solution {
        let best: SchedulingSnapshot
        /// Bounds and what was proven; nil for methods that prove nothing.
        let proof: SchedulingResult?
    }

    /// The time limit that applies, in seconds; nil for none.
    ///
    /// With a number of rounds for a limit there is no clock, so that the schedule depends on nothing else.
    func timeLimitSeconds(asked: Double?) -> Double? {
        if let asked { return asked }
        return options.maximumRounds == nil ? method.defaultTimeLimitSeconds(opCount: problem.ops.count) : nil
    }

    /// Solves the problem; the monitor learns of every better schedule and writes it.
    ///
    /// - Throws: ``FileError`` or ``Failure``.
    func run(_ monitor: SolveMonitor, control: SolveControl) throws -> Solution {
        monitor.receive(.phase(.list))
        let solution = try method == .list ? list(monitor, control) : search(control)
        // Written already, unless a scheduler forgot to tell.
        monitor.receive(.incumbent(solution.best))
        let state = monitor.current
        if let failure = state.failure { throw failure }
        // What is on disk is what is reported: a warm start may be better by a last digit.
        var proof = solution.proof
        if let best = state.best { proof?.incumbent = best }
        return Solution(best: state.best ?? solution.best, proof: proof)
    }

    private func list(_ monitor: SolveMonitor, _ control: SolveControl) throws -> Solution {
        let evaluator = Evaluator(problem, reductionCap: listOptions.reductionCap)
        var best: SchedulingSnapshot?
        do {
            try ListScheduler(problem, options: listOptions).schedules(
                shouldStop: { control.isCancelled || control.remainingSeconds <= $0 }
            ) { schedule in
                let snapshot = SchedulingSnapshot(
                    schedule: schedule, evaluation: try evaluator.evaluate(schedule), source: .list,
                    seconds: monitor.seconds)
                guard snapshot.latency < best?.latency ?? .infinity else { return }
                best = snapshot
                monitor.receive(.incumbent(snapshot))
            }
        } catch let error as InfeasibleOp {
            throw Failure(error, problemPath: problemPath)
        } catch {
            throw Failure(
                .internalError, "internal error, nothing is written: method list made an invalid schedule: \(error)")
        }
        guard let best else { throw Failure(.internalError, "internal error: method list made no schedule") }
        return Solution(best: best, proof: nil)
    }

    private func search(_ control: SolveControl) throws -> Solution {
        var options = options
        options.method = method.scheduling ?? options.method
        do {
            let result = try Scheduler(problem, solver: GLPKSolver(), options: options).schedule(control: control)
            return Solution(best: result.incumbent, proof: result)
        } catch let error as InfeasibleOp {
            throw Failure(error, problemPath: problemPath)
        } catch {
            throw Failure(
                .internalError, "internal error: \(error); the best schedule before it, if any, is written")
        }
    }
}
