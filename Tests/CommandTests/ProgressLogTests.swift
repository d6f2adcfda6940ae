import CostModel
import Reporting
import Scheduling
import TensorGraph
import TestSupport
import Testing

@Suite("Lines of the progress log")
struct ProgressLogTests {
    private func snapshot(_ source: IncumbentSource) throws -> SchedulingSnapshot {
        let problem = try Fixtures.diamond()
        let schedule = try ListScheduler(problem).schedule()
        return SchedulingSnapshot(
            schedule: schedule, evaluation: try Evaluator(problem).evaluate(schedule), source: source, seconds: 1)
    }

    private func bound(_ value: Double, scope: ProofScope = .problem) -> SolveControl.Event {
        .bound(LowerBound(.traffic, value, scope: scope))
    }

    @Test("Letters and header first, then what is known")
    func columns() throws {
        var log = ProgressLog()
        let first = log.text(for: bound(1125), at: 0.25).split(separator: "\n").map(String.init)
        let legend = first.dropLast(2)
        #expect(legend.first?.hasPrefix("source: L list, W warm start, G granularity, ") == true)
        #expect(legend.last?.hasSuffix("b dual bound") == true)
        try #require(first.count > 2)
        let header = first[first.count - 2]
        #expect(
            header.split(separator: " ").map(String.init)
                == ["nodes", "open", "columns", "win/row", "dual", "bound", "incumbent", "gap", "time"])
        #expect(first.last?.split(separator: " ") == ["b", "0", "-", "0", "0", "1,125", "-", "-", "0.25s"])
        #expect(log.text(for: .phase(.search), at: 1) == "")
        let progress = SolveProgress(phase: .search, nodes: 1234567, open: 99, columns: 20718, windows: 7)
        #expect(log.text(for: .progress(progress), at: 2) == "")
        let line = log.text(for: .incumbent(try snapshot(.search)), at: 123.4)
        #expect(
            line.split(whereSeparator: \.isWhitespace)
                == ["S", "1,234,567", "99", "20,718", "7", "1,125", "4,500", "75.00%", "123s"])
        #expect(line.count == header.count + 1)
    }

    @Test("Bounds that are no better, or not about the problem, are not worth a line")
    func bounds() {
        var log = ProgressLog()
        #expect(log.text(for: bound(10), at: 0) != "")
        #expect(log.text(for: bound(10), at: 0) == "")
        #expect(log.text(for: bound(9), at: 0) == "")
        #expect(log.text(for: bound(20, scope: .candidates([.recomputation])), at: 0) == "")
        #expect(log.text(for: bound(20, scope: .namedOrders), at: 0) != "")
    }

    @Test("A line every five seconds at least")
    func interval() {
        var log = ProgressLog()
        #expect(log.text(at: 4.9) == "")
        #expect(log.text(at: 5).contains("5.00s"))
        #expect(log.text(at: 9.9) == "")
        #expect(log.text(for: .progress(SolveProgress(phase: .search, nodes: 5)), at: 10.1).contains(" 5 "))
        #expect(log.text(at: 11) == "")
    }

    @Test("The header is repeated every twenty lines, the letters are explained once")
    func header() throws {
        var log = ProgressLog()
        var lines: [Substring] = []
        for index in 1...45 { lines += log.text(for: bound(Double(index)), at: 0).split(separator: "\n") }
        let headers = lines.indices.filter { lines[$0].contains("incumbent") && lines[$0].contains("gap") }
        try #require(headers.count == 3)
        #expect(headers.map { $0 - headers[0] } == [0, 21, 42])
        #expect(lines.count == headers[0] + 45 + 3)
        #expect(lines.count { $0.hasPrefix("source:") } == 1)
    }

    @Test("A gap is never rounded to nothing")
    func gap() throws {
        var log = ProgressLog()
        _ = log.text(for: .incumbent(try snapshot(.list)), at: 0)
        #expect(log.text(for: bound(4499.9), at: 0).contains(" <0.01% "))
        #expect(log.text(for: bound(4500), at: 0).contains(" 0% "))
    }

    @Test("Every source has a letter of its own")
    func letters() throws {
        let letters = try IncumbentSource.allCases.map { source in
            var log = ProgressLog()
            return log.text(for: .incumbent(try snapshot(source)), at: 0).split(separator: "\n").last?.first
        }
        #expect(Set(letters).count == IncumbentSource.allCases.count)
    }

    @Test("Time is split by phase; one that comes back counts into the same sum")
    func phases() {
        var times = PhaseTimes(.read)
        times.enter(.list, at: 1)
        times.enter(.search, at: 3)
        times.enter(.list, at: 4)
        times.enter(.list, at: 5)
        let totals = times.totals(at: 7)
        #expect(totals.map(\.phase) == [.read, .list, .search])
        #expect(totals.map(\.seconds) == [1, 5, 1])
    }
}
