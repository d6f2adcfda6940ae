import Foundation
import Lowering
import TensorGraph

/// The formats of `mlsys export` that say how a schedule runs.
struct PlanExport {
    let target: ExportTarget
    let problemPath: String
    let problem: Problem
    let schedule: EvaluatedSchedule

    /// The file, and lines for standard error about what is not as asked.
    ///
    /// - Throws: ``Failure``.
    func text() throws -> (file: String, omissions: [String]) {
        do {
            let plan = try Plan(schedule.schedule, schedule.evaluation, problem: problem)
            switch target {
            case .plan: return (try PlanFile(plan).text(), [])
            case .c:
                let program = CProgram(plan, title: InputTitle.of(problemPath))
                let omissions = program.opsOfUnknownFunction.prefix(1).map { op in
                    "mlsys: \(problemPath): op \(op): function \"\(problem[op].function ?? "")\" is not known; "
                        + "\(program.opsOfUnknownFunction.count) ops compute sums of products or of their inputs instead"
                }
                return (program.text(), omissions)
            default: return (LoopsText(plan).text(), [])
            }
        } catch let error as LoweringError {
            throw Failure(.badData, "\(schedule.path): \(error)")
        }
    }
}
