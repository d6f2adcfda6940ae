import CostModel
import Reporting
import TensorGraph

/// A schedule from a file that has passed the evaluator.
struct EvaluatedSchedule {
    let path: String
    let schedule: Schedule
    let evaluation: Evaluation

    /// Reads and judges a schedule.
    ///
    /// - Throws: ``FileError``, or ``Failure`` of status `invalidSchedule`. With `json`, the verdict is the result and
    ///   goes to standard output; otherwise it is one line on standard error.
    init(_ path: String, evaluator: Evaluator, json: Bool = false) throws {
        self.path = path
        schedule = try ScheduleFile.read(path)
        do throws(RuleViolation) {
            evaluation = try evaluator.evaluate(schedule)
        } catch {
            if json { try Console.write(jsonLine(ViolationReport(error, schedule: path))) }
            throw Failure(.invalidSchedule, json ? nil : "\(path): invalid: \(error)")
        }
    }
}
