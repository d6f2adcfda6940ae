import Foundation
import Scheduling

/// The progress of a solution in the shape that users of MIP solvers know: a line per event that matters.
///
/// It makes text only; when and where that is printed is the caller's business. Times are in seconds from the start.
public struct ProgressLog: Sendable {
    /// A line follows at the latest after this many seconds.
    public static let intervalSeconds = 5.0
    /// Lines after which the header is repeated.
    static let linesPerHeader = 20

    private var progress = SolveProgress(phase: .read)
    private var incumbent: Double?
    private var dualBound: Double?
    private var lineCount = 0
    private var lastLineSeconds = 0.0

    /// Creates a log that knows nothing yet.
    public init() {}

    /// The text that an event deserves, whole lines; empty when nothing that matters has changed.
    public mutating func text(for event: SolveControl.Event, at seconds: Double) -> String {
        switch event {
        case .incumbent(let snapshot):
            incumbent = snapshot.latency
            return line(snapshot.source.letter, at: seconds)
        case .bound(let bound):
            guard bound.scope.isAboutProblem, bound.value > (dualBound ?? -.infinity) else { return "" }
            dualBound = bound.value
            return line(bound.kind == .pricing ? Self.pricingLetter : Self.boundLetter, at: seconds)
        case .phase(let phase):
            progress.phase = phase
            return ""
        case .progress(let progress):
            self.progress = progress
            return text(at: seconds)
        }
    }

    /// A line when the last one is long ago, and nothing otherwise.
    public mutating func text(at seconds: Double) -> String {
        seconds - lastLineSeconds >= Self.intervalSeconds ? line(" ", at: seconds) : ""
    }

    // MARK: Lines

    private static let boundLetter: Character = "b"
    private static let pricingLetter: Character = "P"

    private static let legend: String = {
        let entries =
            IncumbentSource.allCases.map { "\($0.letter) \($0.rawValue)" } + [
                "\(pricingLetter) pricing", "\(boundLetter) dual bound",
            ]
        return stride(from: 0, to: entries.count, by: 6).map { start in
            (start == 0 ? "source: " : "        ") + entries[start...].prefix(6).joined(separator: ", ") + "\n"
        }
        .joined()
    }()

    private static let columns: [(title: String, width: Int)] = [
        // 80 in all, with a space between two. A number that needs more room pushes the others to the right.
        ("", 1), ("nodes", 9), ("open", 7), ("columns", 7), ("win/row", 7), ("dual bound", 14), ("incumbent", 14),
        ("gap", 7), ("time", 6),
    ]

    private mutating func line(_ letter: Character, at seconds: Double) -> String {
        let cells = [
            String(letter), readable(progress.nodes), progress.open.map { readable($0) } ?? "-",
            readable(progress.columns), readable(progress.rows ?? progress.windows),
            dualBound.map { readable($0) } ?? "-",
            incumbent.map { readable($0) } ?? "-", gap, Self.time(seconds),
        ]
        var text = lineCount == 0 ? Self.legend : ""
        if lineCount.isMultiple(of: Self.linesPerHeader) { text += Self.aligned(Self.columns.map(\.title)) }
        lineCount += 1
        lastLineSeconds = seconds
        return text + Self.aligned(cells)
    }

    private static func aligned(_ cells: [String]) -> String {
        zip(cells, columns).map { cell, column in
            String(repeating: " ", count: max(0, column.width - cell.count)) + cell
        }
        .joined(separator: " ") + "\n"
    }

    private var gap: String {
        guard let incumbent, let dualBound, incumbent > 0 else { return "-" }
        return gapText(max(0, incumbent - dualBound) / incumbent)
    }

    private static func time(_ seconds: Double) -> String {
        seconds < 100 ? String(format: "%.2fs", seconds) : String(format: "%.0fs", seconds)
    }
}

extension IncumbentSource {
    /// One letter, for a column.
    var letter: Character {
        switch self {
        case .list: "L"
        case .warmStart: "W"
        case .granularity: "G"
        case .integer: "I"
        case .search: "S"
        case .master: "M"
        case .segment: "T"
        case .region: "R"
        case .readers: "D"
        case .perturbation: "V"
        case .repeatedBlock: "X"
        }
    }
}
