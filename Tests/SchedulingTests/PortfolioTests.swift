import GLPKBackend
import TensorGraph
import TestSupport
import Testing

@testable import Scheduling

@Suite("The portfolio's tables")
struct PortfolioTests {
    @Test(
        "Start with schedules and bounds, share out the time, and leave the rest to the last",
        arguments: Scheduler.Method.allCases)
    func tables(method: Scheduler.Method) {
        let rows = Portfolio.table(method)
        #expect(rows.prefix(3).map(\.member) == [.list, .bounds, .polish])
        #expect(rows.allSatisfy { $0.share > 0 && $0.share <= 1 })
        #expect(rows.last?.share == 1, "no time is left over")
        let members = Set(rows.map(\.member))
        switch method {
        case .auto: #expect(members == [.list, .bounds, .polish, .proof, .pricing, .windows])
        case .hybrid: #expect(members == [.list, .bounds, .polish, .windows])
        case .exact: #expect(members == [.list, .bounds, .polish, .proof, .pricing])
        }
    }

    @Test("With a limit that is short for the graph, windows have most of the time before pricing has more than a look")
    func shortLimit() throws {
        let rows = Portfolio.table(.auto, isShort: true)
        #expect(rows.prefix(3).map(\.member) == [.list, .bounds, .polish])
        #expect(rows.last?.share == 1, "no time is left over")
        #expect(Set(rows.map(\.member)) == Set(Portfolio.table(.auto).map(\.member)))
        let windows = try #require(rows.firstIndex { $0.member == .windows })
        var left = 1.0
        for row in rows[..<windows] where row.share < 1 { left *= 1 - row.share }
        #expect(left * rows[windows].share > 0.5)
        for method in [Scheduler.Method.hybrid, .exact] {
            #expect(Portfolio.table(method, isShort: true).map(\.share) == Portfolio.table(method).map(\.share))
        }
    }

    @Test("Shares are of what the rows before have left")
    func shares() {
        for method in Scheduler.Method.allCases {
            // If every row took all that it may, each would end at its share of the rest.
            var left = 1000.0
            for row in Portfolio.table(method) where row.share < 1 {
                let share = Budget(SolveControl(timeLimitSeconds: left)).share(row.share)
                #expect(abs(share.remainingSeconds - left * row.share) < 1)
                left -= left * row.share
            }
            #expect(left > 50, "\(method): the last rows get \(left) s of 1000")
        }
    }

    @Test("What is proven by a quick proof ends the run before any window is solved")
    func quickProof() throws {
        let problem = try OwnProblem.read("pointwise-6")
        let result = try solveByWindows(problem) { $0.maximumRounds = 5 }
        #expect(result.status == .optimal)
        let source = result.incumbent.source
        #expect(![.segment, .region, .readers, .master, .repeatedBlock, .perturbation].contains(source))
    }
}
