import CostModel
import Foundation
import TensorGraph
import TestSupport
import Testing

@Test func quick() throws {
    let cases = Int(ProcessInfo.processInfo.environment["MLSYS_PROPERTY_CASES"] ?? "2000") ?? 0
    var random = SplitMix64(seed: 1)
    var generator = ProblemGenerator(seed: 2)
    var counts = CaseCounts()
    var bad = 0
    var referee = Referee()
    var expected: [Double] = []
    var asked: [StepCase] = []
    for _ in 0..<cases {
        let problem = try generator.next()
        let problem2 = try problem.with(capacity: 1 << 40)
        guard var c = StepGenerator(problem2).stepCase(using: &random) else { continue }
        c.problem = problem2
        let structure = try StepAnalyzer(problem2).analyze(ops: c.step.ops, retained: c.step.retained)
        counts.count(c.step, structure, resident: c.resident, in: problem2)
        let a = try Evaluator(problem2, method: .classes).evaluate(c.step, structure, resident: c.resident)
        let b = try Evaluator(problem2, method: .simulation).evaluate(c.step, structure, resident: c.resident)
        func near(_ x: Double, _ y: Double) -> Bool { abs(x - y) <= 1e-9 * max(1, abs(x)) }
        if !(near(a.latency, b.latency) && near(a.compute, b.compute) && near(a.loadedElements, b.loadedElements)
            && near(a.evictedElements, b.evictedElements) && a.peakWorkingSet == b.peakWorkingSet && a.iterations == b.iterations)
        {
            bad += 1
            if bad < 4 { print(a, b, c.step, c.resident, ProblemFile.text(of: problem2)) }
        }
        if asked.count < 6000 {
            referee.add(c)
            asked.append(c)
            expected.append(b.latency)
        }
    }
    var wrong = 0
    for (i, v) in try referee.verdicts().enumerated() {
        if let t = v.total, abs(t - expected[i]) <= 1e-9 * max(1, t) { continue }
        wrong += 1
        if wrong < 4 { print(v, expected[i], asked[i].step, asked[i].resident, ProblemFile.text(of: asked[i].problem)) }
    }
    print(counts, "bad", bad, "wrong", wrong, "of", asked.count)
}

@Test func schedules() throws {
    var random = SplitMix64(seed: 3)
    var generator = ProblemGenerator(seed: 4)
    var counts = CaseCounts()
    var referee = Referee()
    var totals: [Double?] = []
    for _ in 0..<500 {
        let problem = try generator.next()
        let s = ScheduleGenerator(problem).schedule(using: &random)
        counts.count(s, in: problem)
        referee.add(s, for: problem)
        do { totals.append(try Evaluator(problem).evaluate(s).totalLatency) } catch { print(error); totals.append(nil) }
    }
    var wrong = 0
    for (v, t) in zip(try referee.verdicts(), totals) {
        switch (v.total, t) {
        case (let a?, let b?): if abs(a - b) > 1e-9 * max(1, a) { wrong += 1; print(a, b) }
        case (nil, nil): break
        default: wrong += 1; print(v, t as Any)
        }
    }
    print(counts, "wrong", wrong, "valid", totals.count { $0 != nil })
}
