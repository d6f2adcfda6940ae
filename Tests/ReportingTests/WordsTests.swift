import CostModel
import Scheduling
import TensorGraph
import TestSupport
import Testing

@testable import Reporting

@Suite("Words and numbers of results")
struct WordsTests {
    private func report(_ bounds: [LowerBound], _ ending: Ending) throws -> ProofReport {
        let example = try ReportCase(own: "attention-15")
        let session = Session(example.problem, control: SolveControl())
        session.submit(example.schedule, from: .list)
        for bound in bounds { session.add(bound) }
        return ProofReport(try session.result(ending))
    }

    @Test("Without a bound there is no gap, and none is shown")
    func noBound() throws {
        let text = try report([], .limit(.time)).summary
        #expect(text.hasPrefix("status: feasible (time limit); no bound\n"))
        #expect(!text.contains("%"))
        #expect(try report([], .exhausted).gapText == "unknown")
    }

    @Test("A limit is named only by who asked for it")
    func statusWords() throws {
        let bound = LowerBound(.compute, 78_336, scope: .problem)
        for (ending, words) in [
            (Ending.exhausted, "feasible (nothing more to try)"), (.limit(.rounds), "feasible (rounds limit)"),
            (.limit(.time), "feasible (time limit)"), (.limit(.interrupted), "feasible (interrupted)"),
        ] {
            #expect(try report([bound], ending).summary.hasPrefix("status: \(words); bound 78,336, gap 41.6"))
        }
    }

    @Test("What was left out is said without the program's own words, with the option that changes it")
    func omissions() {
        let stopped = Omission.stopped(
            connected: 4_000_001, admissible: 1234, unfinished: 10, ops: 40, limits: EnumerationLimits())
        #expect(
            stopped.words == "steps that end in 10 of the 40 ops; a limit was met after 4,000,001 connected sets of "
                + "ops, 1,234 of them possible steps; a larger --candidates allows more")
        let late = Omission.stopped(connected: 7, admissible: 1, unfinished: 1, ops: 2, limits: nil)
        #expect(
            late.words.hasSuffix(
                "time was up after 7 connected sets of ops, 1 of them possible steps; a longer --time-limit goes on"))
        let all: [Omission] = [
            .tooManyOps(count: 1000, capacity: 256), .tooManyTensors(capacity: 256), .handOffs(tensors: 4, sets: 64),
            .notSimulated(steps: 1), .granularitiesStopped, .tooManySteps(limit: 5), .tooManyCandidates(limit: 5),
            .notTuned(candidates: 2), .beyondSearch(candidates: 2), .recomputation, .unprovenCut, .everything, .noBound,
        ]
        for omission in all {
            #expect(omission.words.count > 12)
            for word in ["granularit", "admissible", "hand-off", "coincide"] {
                #expect(!omission.words.contains(word), "\(omission.words)")
            }
        }
        #expect(Omission.notSimulated(steps: 1).words == "tile sizes of 1 step that take too long to simulate")
    }

    @Test("Two shares add up to 100 %, and neither is 100 % while the other is something")
    func shares() {
        var random = RandomSource(seed: 5)
        for _ in 0..<1000 {
            let part = Double.random(in: 0...1, using: &random)
            let rest = [1, 1e-6, 1e9][Int.random(in: 0..<3, using: &random)]
            let (first, second) = complementaryPercentages(part, rest)
            let numbers = [first, second].compactMap { Int($0.dropLast()) }
            #expect(numbers.reduce(0, +) == 100 && numbers.allSatisfy { (1...99).contains($0) } || part == 0)
        }
        #expect(complementaryPercentages(0, 3) == ("0%", "100%"))
        #expect(complementaryPercentages(0, 0) == ("-", "-"))
    }

    @Test("The best of the bounds that were found the same way is shown, once")
    func boundTable() throws {
        let bounds = [
            LowerBound(.linear, 5, scope: .namedOrders), LowerBound(.linear, 7, scope: .namedOrders),
            LowerBound(.linear, 6, scope: .namedOrders), LowerBound(.linear, 9, scope: .candidates([.recomputation])),
        ]
        let report = try report(bounds, .exhausted)
        #expect(report.bounds.count == 4)
        let lines = report.table().split(separator: "\n").dropFirst(2).map { $0.split(separator: " ").prefix(2) }
        #expect(lines.map { $0.joined(separator: " ") } == ["linear 7", "linear 9"])
    }

    @Test("Shares of a whole add up, and what is not nothing is not 0 %")
    func partsOfWhole() {
        let sum = { (texts: [String]) in
            texts.filter { !$0.hasPrefix("<") }.compactMap { Double($0.dropLast()) }.reduce(0, +)
        }
        #expect(percentages([1, 1, 1]) == ["34%", "33%", "33%"])
        #expect(percentages([1, 1, 1], decimals: 1) == ["33.4%", "33.3%", "33.3%"])
        #expect(percentages([5, 0, 0]) == ["100%", "0%", "0%"])
        #expect(percentages([0, 0]) == ["-", "-"] && percentages([]).isEmpty)
        #expect(percentages([10_000, 1, 1]).first == "99%")
        #expect(percentages([3_112_080, 0, 2255.8, 2628.7], decimals: 1) == ["99.8%", "0%", "0.1%", "0.1%"])
        var random = RandomSource(seed: 4)
        for _ in 0..<200 {
            let parts = (0..<Int.random(in: 1...12, using: &random)).map { _ in
                Double(Int.random(in: 0...1000, using: &random))
            }
            guard parts.reduce(0, +) > 0 else { continue }
            for decimals in [0, 1] {
                let texts = percentages(parts, decimals: decimals)
                #expect(abs(sum(texts) - 100) < 1e-6, "\(parts) \(texts)")
                #expect(zip(parts, texts).allSatisfy { ($0 == 0) == ($1 == "0%") })
            }
        }
    }
}
