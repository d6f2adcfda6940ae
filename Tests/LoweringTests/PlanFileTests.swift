import CostModel
import Lowering
import TensorGraph
import TestSupport
import Testing

@Suite("Plans as text") struct PlanFileTests {
    @Test("A plan's JSON meets its schema and counts what the plan moves")
    func json() throws {
        let schema = try JSONSchema(named: "plan")
        let cases = try WorkedCases.all() + RandomCases(seeds: 40..<50).cases
        let small = cases.filter { $0.plan.steps.reduce(0) { $0 + ($1.loops.iterations ?? 1000) } < 60 }
        #expect(small.count > 15)
        for made in small {
            let text = try PlanFile(made.plan).text()
            #expect(try schema.faults(in: text) == [])
            let steps = try #require(JSONValue(parsing: text)["steps"]?.array)
            var (loaded, evicted, peak) = (0.0, 0.0, 0.0)
            for iteration in steps.flatMap({ $0["iterations"]?.array ?? [] }) {
                func elements(_ list: String) -> Double {
                    (iteration[list]?.array ?? []).reduce(0) { $0 + ($1["size"]?.number ?? .nan) }
                }
                loaded += elements("load")
                evicted += elements("evict")
                peak = max(peak, iteration["working_set"]?.number ?? .nan)
            }
            #expect(loaded == made.plan.loadedElements && evicted == made.plan.evictedElements)
            #expect(peak == made.plan.peakWorkingSet)
        }
    }

    @Test("Pseudo-code names loops, transfers, addresses and ops")
    func loops() throws {
        let made = try PlanCase(
            Schedule(steps: [Step([0, 1, 2], (128, 128, 32))]), problem: Fixtures.foldedThroughPointwise())
        #expect(
            LoopsText(made.plan).text() == """
                fast memory: 45000 elements, at most 40960 in use
                loaded: 49152 elements, evicted: 16384
                [r, c]: rows and columns of the tile; k: reduction of the k-step; @ address in fast memory

                step 0: op0, op1, op2
                  latency 7915.2, loads 49152, evicts 16384, working set 40960
                  load t0 @ 0, 16384 elements
                  for each k of 4:  # 32 of 128
                    when k changes: load t1[:, k] @ 16384, up to 4096 elements
                    when k changes: load t4[k, :] @ 20480, up to 4096 elements
                    t2[:, k] = op0(t0[:, :], t1[:, k])
                    t3[:, k] = op1(t2[:, k])
                    t5 += op2(t3[:, k], t4[k, :])  # in the tile of t5
                    last k: evict t5 @ 24576

                """)
    }

    @Test("A plan of more iterations than anyone reads is refused; its loops are not")
    func tooManyIterations() throws {
        let problem = try Fixtures.matMul(width: 1024, height: 1024, reduction: 128)
        let made = try PlanCase(Schedule(steps: [Step([0], (1, 1, 64))]), problem: problem)
        #expect(throws: LoweringError.self) { try PlanFile(made.plan).text() }
        #expect(LoopsText(made.plan).text().count < 1000)
    }
}
