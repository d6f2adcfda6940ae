import ArgumentParser
import Scheduling

/// What `mlsys export` writes.
enum ExportTarget: String, CaseIterable, ExpressibleByArgument {
    case lp, mps, mathprog, data
    case dot, mermaid, trace
    case plan, loops, c
    case json
    case mst

    /// The format of the integer program; nil for a picture or a trace.
    var program: ExportFormat? { ExportFormat(rawValue: rawValue) }

    /// Whether it says how a schedule runs.
    var isPlan: Bool { self == .plan || self == .loops || self == .c }

    /// Whether there is nothing to write without a schedule.
    var needsSchedule: Bool { isPlan || self == .trace || self == .json || self == .mst }
}
