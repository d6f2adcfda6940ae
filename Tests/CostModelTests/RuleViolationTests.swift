import CostModel
import TensorGraph
import TestSupport
import Testing

@Suite("Every rule has a schedule that breaks it")
struct RuleViolationTests {
    @Test("and the violation names rule and step; the nearest valid schedule passes")
    func fixtures() throws {
        for fixture in try BrokenSchedule.all() {
            for method in [Evaluator.Method.classes, .simulation] {
                let evaluator = Evaluator(fixture.problem, method: method)
                let violation = #expect(throws: RuleViolation.self, "\(fixture)") {
                    try evaluator.evaluate(fixture.broken)
                }
                #expect(violation?.rule == fixture.rule)
                #expect(violation?.step == fixture.step, "\(fixture)")
                #expect(throws: Never.self, "\(fixture)") { try evaluator.evaluate(fixture.repaired) }
            }
        }
    }

    @Test("except the limit on iterations, which is ours")
    func coverage() throws {
        let rules = try BrokenSchedule.all().map(\.rule)
        #expect(Set(rules) == Set(RuleViolation.Rule.allCases).subtracting([.tooManyIterations]))
    }

    @Test("and the referee rejects it and accepts the repaired one", .needsReferee)
    func referee() throws {
        var referee = Referee()
        let fixtures = try BrokenSchedule.all()
        for fixture in fixtures {
            referee.add(fixture.broken, for: fixture.problem)
            referee.add(fixture.repaired, for: fixture.problem)
        }
        for (index, verdict) in try referee.verdicts().enumerated() {
            #expect((verdict.total == nil) == index.isMultiple(of: 2), "\(fixtures[index / 2]): \(verdict)")
        }
    }

    @Test("A violation reads as one line with step, reason and section")
    func description() throws {
        let pair = try Fixtures.pointwisePair(side: 8, capacity: 31, native: 4)
        let violation = #expect(throws: RuleViolation.self) {
            try Evaluator(pair).evaluate(Schedule(steps: [Step([0], (4, 3, 1)), Step([1], (4, 4, 1))]))
        }
        #expect(
            violation?.description
                == "step 1: the working set of 32 elements exceeds the capacity of 31 (RULES 3.10)")
    }

    @Test("The violation names the op or tensor at fault")
    func subjects() throws {
        let subjects: [RuleViolation.Rule: (op: Int?, tensor: Int?)] = [
            .unknownOp: (2, nil), .repeatedOp: (1, nil), .consumerBeforeProducer: (1, 1), .uncoveredOp: (1, nil),
            .disconnectedStep: (1, nil), .retainedNotElementwise: (1, 1), .outputShapesDiffer: (1, 4),
            .retainsUnwrittenTensor: (nil, 0), .unavailableTensor: (nil, 1), .outputNotEvicted: (nil, 2),
            .sinkReductionsDiffer: (1, nil),
        ]
        for fixture in try BrokenSchedule.all() {
            guard let subject = subjects[fixture.rule] else { continue }
            let violation = #expect(throws: RuleViolation.self) {
                try Evaluator(fixture.problem).evaluate(fixture.broken)
            }
            #expect(violation?.op?.index == subject.op, "\(fixture)")
            #expect(violation?.tensor?.index == subject.tensor, "\(fixture)")
        }
    }
}
