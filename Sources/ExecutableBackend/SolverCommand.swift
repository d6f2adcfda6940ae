import Foundation
import MIP

/// How a solver's executable is asked, and in which form it takes a start.
struct SolverCommand: Sendable {
    /// The executable's name on the search path.
    let program: String
    /// The form of a start that it reads.
    let startFormat: MIPStartWriter.Format
    /// Arguments, and the text of an options file if there is one.
    let arguments: @Sendable (_ files: SolverFiles, _ request: SolverRequest) -> [String]
    let optionsText: @Sendable (_ request: SolverRequest) -> String?

    /// CBC 2.10 (Debian's `coinor-cbc`): words of its command line are carried out from left to right.
    static let cbc = SolverCommand(program: "cbc", startFormat: .cbc) { files, request in
        var words = [files.model.path, "-ratioGap", "\(request.relativeGap)", "-allowableGap", "0"]
        if let seconds = request.seconds { words += ["-sec", "\(max(seconds, 0.01))"] }
        if let nodes = request.nodes { words += ["-maxNodes", "\(nodes)"] }
        if request.hasStart { words += ["-mipstart", files.start.path] }
        if request.wantsDuals { words += ["-printingOptions", "all"] }
        return words + ["-solve", "-solu", files.solution.path]
    } optionsText: { _ in
        nil
    }

    /// HiGHS 1.7 and later: limits are in an options file. Its gap is 1e-4 unless told otherwise.
    static let highs = SolverCommand(program: "highs", startFormat: .highs) { files, request in
        var words = [files.model.path, "--options_file", files.options.path, "--solution_file", files.solution.path]
        if request.hasStart { words += ["--read_solution_file", files.start.path] }
        return words
    } optionsText: { request in
        var lines = ["mip_rel_gap = \(request.relativeGap)", "mip_abs_gap = 0", "write_solution_style = 0"]
        if let seconds = request.seconds { lines.append("time_limit = \(max(seconds, 0.01))") }
        if let nodes = request.nodes { lines.append("mip_max_nodes = \(nodes)") }
        return lines.joined(separator: "\n") + "\n"
    }
}

/// What is asked of one run.
struct SolverRequest: Sendable {
    var seconds: Double?
    var nodes: Int?
    var relativeGap = 0.0
    var hasStart = false
    var wantsDuals = false
}

/// The files of one run, in a folder of its own.
struct SolverFiles: Sendable {
    let model: URL
    let start: URL
    let options: URL
    let solution: URL
    let log: URL

    init(in folder: URL) {
        model = folder.appendingPathComponent("model.lp")
        start = folder.appendingPathComponent("start.sol")
        options = folder.appendingPathComponent("options.txt")
        solution = folder.appendingPathComponent("solution.sol")
        log = folder.appendingPathComponent("log.txt")
    }
}
