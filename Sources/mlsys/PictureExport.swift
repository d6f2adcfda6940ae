import CostModel
import Foundation
import Reporting
import TensorGraph

/// The formats of `mlsys export` that show a problem or a schedule rather than state the integer program.
struct PictureExport {
    let target: ExportTarget
    let problemPath: String
    let problem: Problem
    /// The schedule to show; nil for the problem alone.
    let schedule: EvaluatedSchedule?
    /// Tiles that a trace shows at most.
    let maximumTiles: Int

    /// The file, and lines for standard error about what is left out.
    func text() throws -> (file: String, omissions: [String]) {
        guard target == .trace, let schedule else { return (pictureText(), []) }
        var options = ChromeTrace.Options()
        options.maximumTiles = maximumTiles
        let trace = ChromeTrace(
            schedule.schedule, schedule.evaluation, problem: problem, name: title, options: options)
        let omitted = trace.stepsWithoutTiles
        let omission =
            "mlsys: \(schedule.path): \(omitted.count) steps are too large to show their tiles, step "
            + "\(omitted.first ?? 0) is the first; --tile-limit is \(maximumTiles)"
        return (try trace.text(), omitted.isEmpty ? [] : [omission])
    }

    private func pictureText() -> String {
        let picture =
            if let schedule {
                GraphPicture(schedule.schedule, schedule.evaluation, problem: problem, title: title)
            } else {
                GraphPicture(problem, title: title)
            }
        return target == .mermaid ? MermaidWriter(picture).text() : DOTWriter(picture).text()
    }

    /// The problem's file name without its extension.
    private var title: String { URL(fileURLWithPath: problemPath).deletingPathExtension().lastPathComponent }
}
