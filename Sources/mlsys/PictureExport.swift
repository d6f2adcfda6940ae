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
    /// Whether every op is drawn, however many there are.
    let isFull: Bool

    /// The file, and lines for standard error about what is left out.
    func text() throws -> (file: String, omissions: [String]) {
        guard target == .trace, let schedule else { return picture() }
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

    /// A picture that the format's programs can draw: steps stand for their ops where there are too many.
    private func picture() -> (file: String, omissions: [String]) {
        let picture =
            if let schedule {
                GraphPicture(schedule.schedule, schedule.evaluation, problem: problem, title: title)
            } else {
                GraphPicture(problem, title: title)
            }
        let file = text(of: picture)
        let size = "\(counted(picture.opCount, "op")) and \(counted(picture.edgeCount, "edge"))"
        guard !isFull, isTooLarge(picture, file) else { return (file, []) }
        guard schedule != nil else {
            return (file, ["mlsys: \(problemPath): \(size) are more than \(limits); --schedule draws steps instead"])
        }
        // With every step in one node there is no edge left.
        var stepsPerNode = 1
        var summary = picture.summarised()
        var shorter = text(of: summary)
        while isTooLarge(summary, shorter), stepsPerNode < picture.stepCount {
            stepsPerNode += 1
            summary = picture.summarised(stepsPerNode: stepsPerNode)
            shorter = text(of: summary)
        }
        let drawn = stepsPerNode == 1 ? "steps are drawn" : "steps are drawn, \(stepsPerNode) in a node"
        return (
            shorter, ["mlsys: \(problemPath): \(size) are more than \(limits), so \(drawn); --full draws all"]
        )
    }

    private func text(of picture: GraphPicture) -> String {
        target == .mermaid ? MermaidWriter(picture).text() : DOTWriter(picture).text()
    }

    private func isTooLarge(_ picture: GraphPicture, _ file: String) -> Bool {
        target == .mermaid
            ? picture.edgeCount > GraphPicture.mermaidEdgeLimit || file.count > GraphPicture.mermaidTextLimit
            : picture.opCount > GraphPicture.dotNodeLimit
    }

    private var limits: String {
        target == .mermaid
            ? "Mermaid draws, \(readable(GraphPicture.mermaidEdgeLimit)) edges and "
                + "\(readable(GraphPicture.mermaidTextLimit)) characters"
            : "a drawing holds, \(GraphPicture.dotNodeLimit) ops"
    }

    private var title: String { InputTitle.of(problemPath) }
}
