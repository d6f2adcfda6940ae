import CGLPK
import Foundation
import MIP
import SolverTestSupport
import Testing

@testable import GLPKBackend

extension Tag {
    /// Takes more than a second.
    @Tag static var slow: Self
}

/// Models of 20,000 columns and more than 200,000 nonzeros, and what many solutions leave behind. One after the other,
/// since memory and time are watched.
@Suite(.serialized, .tags(.slow)) struct LargeModelTests {
    private func model() throws -> MIPModel {
        try SampleModels.cover(items: 300, columns: 20_000, exactly: true, largestSet: 22, seed: 1, costs: 50...60)
    }

    @Test func relaxationAndItsCertificate() throws {
        let model = try model()
        #expect(model.columns.count == 20_000 && model.nonzeroCount > 200_000)
        // Asking for cancellation interrupts the simplex now and then, which must not matter.
        let result = try GLPKSolver().solveRelaxation(
            model, options: LPOptions(certifies: true, isCancelled: { false }))
        #expect(result.termination == .optimal && result.isCertified)
        let objective = try #require(result.objective)
        #expect((result.dualBound - objective).magnitude < 1e-6 * objective)
        #expect(result.dualBound <= objective + 1e-9 * objective)
    }

    /// Measured: 0.03 to 0.11 s late; the assertion leaves room for a busy machine.
    @Test(arguments: [0.3, 2.0])
    func timeLimitIsKept(_ limit: Double) throws {
        let model = try model()
        var options = MIPOptions()
        options.timeLimitSeconds = limit
        options.initialPoint = model.columns.indices.map { $0 < model.rows.count ? 1 : 0 }
        let result = try GLPKSolver().solve(model, options: options)
        #expect(result.seconds < limit + 2)
        #expect(result.termination == .feasible(.time))
        let incumbent = try #require(result.incumbent)
        #expect(result.dualBound.isFinite && result.dualBound <= incumbent.objective)
        #expect(try FeasibilityReport(of: incumbent.point, in: model).isFeasible)
    }

    @Test func progressIsReported() throws {
        let model = try model()
        let events = EventCounter()
        var options = MIPOptions()
        options.timeLimitSeconds = 4
        options.nodeLimit = 4
        options.progressIntervalSeconds = 0
        let result = try GLPKSolver().solve(model, options: options) { events.add($0) }
        let seen = events.snapshots
        #expect(seen.count > 2 || result.termination.limit == .time)
        #expect(zip(seen, seen.dropFirst()).allSatisfy { $0.dualBound <= $1.dualBound && $0.nodes <= $1.nodes })
        #expect(seen.allSatisfy { $0.columns == 20_000 && $0.dualBound <= result.dualBound })
    }

    #if os(Linux)
        private func residentBytes() throws -> Int {
            let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
            return try #require(text.split(separator: " ").dropFirst().first.flatMap { Int($0) }) * 4096
        }

        private func probeThreads() -> Int {
            let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
            return tasks.count { task in
                (try? String(contentsOfFile: "/proc/self/task/\(task)/comm", encoding: .utf8)) == "Leak probe\n"
            }
        }

        @Test func environmentsAndThreadsAreFreed() throws {
            let model = try SampleModels.cover(items: 8, columns: 20, exactly: true, seed: 2)
            for _ in 0..<50 { _ = try GLPKSolver().solve(model) }
            let before = try residentBytes()
            for _ in 0..<1000 {
                // A problem that its job forgets; the environment takes it along.
                _ = try SolverThread.runOnce(name: "Leak probe", logger: nil) {
                    let problem = glp_create_prob()
                    return glp_add_cols(problem, 5000)
                }
            }
            // A forgotten problem of 5,000 columns takes about 1 MB.
            #expect(try residentBytes() - before < 200 << 20)
            for _ in 0..<100 where probeThreads() > 0 { Thread.sleep(forTimeInterval: 0.05) }
            #expect(probeThreads() == 0)
        }
    #endif
}
