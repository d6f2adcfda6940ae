import ArgumentParser
import Scheduling

/// What `mlsys export` writes.
enum ExportTarget: String, CaseIterable, ExpressibleByArgument {
    case lp, mps, mathprog, data
    case dot, mermaid, trace

    /// The format of the integer program; nil for a picture or a trace.
    var program: ExportFormat? { ExportFormat(rawValue: rawValue) }
}
