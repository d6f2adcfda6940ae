import CostModel
import Foundation
import GLPKBackend
import Reporting
import Scheduling
import Synchronization
import TensorGraph

/// From a problem file to a schedule file: read, solve, let the evaluator judge, write.
///
/// Nothing is written that the evaluator does not find valid, and an existing schedule is replaced only by a whole one.
/// While exact search goes on, every better schedule is written as soon as it is found.
struct SolvePipeline {
    var problemPath: String
    var schedulePath: String
    var method: SolveMethod
    var listOptions: ListScheduler.Options
    var exact: ExactSearchOptions

    /// - Throws: ``FileError`` or ``Failure``.
    func run() throws -> SolveReport {
        let problem = try ProblemFile.read(problemPath)
        try OutputFile.check(schedulePath, isNot: problemPath)
        let (snapshot, proof) = method == .list ? (try list(problem), nil) : try prove(problem)
        return SolveReport(
            problem: problemPath, schedule: schedulePath, method: method.rawValue,
            solveSeconds: proof?.seconds ?? snapshot.seconds, proof: proof.map(ProofReport.init),
            outcome: ScheduleReport(snapshot.schedule, snapshot.evaluation, problem: problem))
    }

    private func list(_ problem: Problem) throws -> SchedulingSnapshot {
        var schedule = Schedule(steps: [])
        let duration = try ContinuousClock().measure {
            do throws(InfeasibleOp) {
                schedule = try ListScheduler(problem, options: listOptions).schedule()
            } catch {
                throw Failure(error, problemPath: problemPath)
            }
        }
        let snapshot = SchedulingSnapshot(
            schedule: schedule, evaluation: try judge(schedule, problem), source: .list,
            seconds: duration / .seconds(1))
        try write(snapshot)
        return snapshot
    }

    private func judge(_ schedule: Schedule, _ problem: Problem) throws -> Evaluation {
        do throws(RuleViolation) {
            return try Evaluator(problem, reductionCap: listOptions.reductionCap).evaluate(schedule)
        } catch {
            throw Failure(
                .internalError, "internal error, nothing is written: method list made an invalid schedule: \(error)")
        }
    }

    private func prove(_ problem: Problem) throws -> (SchedulingSnapshot, SchedulingResult) {
        let limit = exact.timeLimit ?? method.defaultTimeLimitSeconds(opCount: problem.ops.count)
        // The first failure to write ends the run; later schedules could not be written either.
        let failure = Mutex<FileError?>(nil)
        let box = ControlBox()
        let control = SolveControl(timeLimitSeconds: limit, gap: exact.gap) { event in
            guard case .incumbent(let snapshot) = event else { return }
            do throws(FileError) {
                try write(snapshot)
            } catch {
                failure.withLock { $0 = $0 ?? error }
                box.cancel()
            }
        }
        box.hold(control)
        let options = exact.scheduler(cap: listOptions.reductionCap)
        do {
            let result = try ExactScheduler(problem, solver: GLPKSolver(), options: options).schedule(control: control)
            if let error = failure.withLock({ $0 }) { throw error }
            return (result.incumbent, result)
        } catch let error as InfeasibleOp {
            throw Failure(error, problemPath: problemPath)
        } catch let error as FileError {
            throw error
        } catch {
            throw Failure(.internalError, "internal error: \(error); \(schedulePath) holds the best schedule before it")
        }
    }

    private func write(_ snapshot: SchedulingSnapshot) throws(FileError) {
        try writeAtomically(
            ScheduleFile.text(
                of: snapshot.schedule, latencies: snapshot.evaluation.latencies,
                grids: snapshot.evaluation.steps.map { (rows: $0.gridRows, columns: $0.gridColumns) }),
            to: schedulePath)
    }
}

/// Lets the receiver of a control's events cancel that control, which does not exist yet when it is made.
private final class ControlBox: Sendable {
    private let control = Mutex<SolveControl?>(nil)

    func hold(_ control: SolveControl) { self.control.withLock { $0 = control } }

    func cancel() { control.withLock { $0 }?.cancel() }
}
