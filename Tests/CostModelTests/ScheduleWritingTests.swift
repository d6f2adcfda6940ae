import CostModel
import Foundation
import TensorGraph
import TestSupport
import Testing

@Suite("Schedule files of evaluated schedules")
struct ScheduleWritingTests {
    @Test("What is written reads as the same schedule, with the evaluator's latencies")
    func roundTrip() throws {
        var problems = ProblemGenerator(seed: 90)
        var random = RandomSource(seed: 91)
        try withTemporaryFolder { folder in
            let path = folder.appendingPathComponent("schedule.json").path
            var count = 0
            for _ in 0..<30 {
                let problem = try problems.next()
                let schedule = ScheduleGenerator(problem).schedule(using: &random)
                guard let evaluation = try? Evaluator(problem).evaluate(schedule) else { continue }
                try ScheduleFile.write(schedule, evaluation, to: path)
                let copy = try ScheduleFile.read(path)
                #expect(try Evaluator(problem).evaluate(copy) == evaluation)
                #expect(copy.steps.map(\.reportedLatency) == evaluation.latencies)
                #expect(copy.steps.map(\.ops) == schedule.steps.map(\.ops))
                let elsewhere = folder.path + "/nowhere/schedule.json"
                let error = #expect(throws: FileError.self) {
                    try ScheduleFile.write(schedule, evaluation, to: elsewhere)
                }
                #expect(error?.kind == .cannotCreate)
                count += 1
            }
            #expect(count > 10)
        }
    }
}
