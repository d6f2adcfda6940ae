import CostModel
import Foundation
import Synchronization
import TensorGraph
import TestSupport
import Testing

@Suite("Schedules that exact solving improves")
struct ImprovementTests {
    /// Reads a schedule file again and again, and notes the latency of each schedule found.
    private final class Watcher: Sendable {
        private let isOver = Atomic(false)
        private let seen = Mutex<(latencies: [Double], faults: [String])>(([], []))
        private let ended = DispatchSemaphore(value: 0)

        init(_ path: String, _ problem: Problem) {
            Thread.detachNewThread {
                let evaluator = Evaluator(problem)
                while !self.isOver.load(ordering: .relaxed) {
                    do {
                        let latency = try evaluator.evaluate(try ScheduleFile.read(path)).totalLatency
                        self.seen.withLock { if $0.latencies.last != latency { $0.latencies.append(latency) } }
                    } catch {
                        self.seen.withLock { $0.faults.append("\(error)") }
                    }
                    Thread.sleep(forTimeInterval: 0.001)
                }
                self.ended.signal()
            }
        }

        func stop() -> (latencies: [Double], faults: [String]) {
            isOver.store(true, ordering: .relaxed)
            ended.wait()
            return seen.withLock { $0 }
        }
    }

    @Test("are replaced as a whole, by better ones only, and valid at every moment", .tags(.slow))
    func replaceWholeFiles() throws {
        try withTemporaryFolder { folder in
            let path = ExternalFiles.packageRoot.appendingPathComponent("benchmarks/problems/attention-15.json").path
            let problem = try ProblemFile.read(path)
            let schedule = folder.path("schedule.json")
            let first = try Program.run(
                "solve", path, "-o", schedule, "--method", "list", "--no-fusion", "--no-staggering")
            #expect(first.exitCode == 0)
            let watcher = Watcher(schedule, problem)
            let outcome = try Program.run("solve", path, "-o", schedule, "--method", "exact", secondsAtMost: 120)
            let (latencies, faults) = watcher.stop()
            #expect(outcome.exitCode == 0)
            #expect(outcome.output.contains("status: optimal"))
            #expect(faults.isEmpty, "\(faults.first ?? "")")
            // The one of before, the list scheduler's and the optimum at least.
            #expect(latencies.count >= 3, "\(latencies)")
            #expect(latencies == latencies.sorted(by: >), "\(latencies)")
            let final = try Evaluator(problem).evaluate(try ScheduleFile.read(schedule)).totalLatency
            #expect(latencies.last == final)
            #expect(try folder.names() == ["schedule.json"])
        }
    }
}
