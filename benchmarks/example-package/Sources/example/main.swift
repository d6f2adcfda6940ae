import CostModel
import GLPKBackend
import Scheduling
import TensorGraph

// One head of attention over 512 positions, on a chip with room for 300,000 elements.
let chip = Hardware(fastMemoryCapacity: 300_000, slowMemoryBandwidth: 50, nativeWidth: 128, nativeHeight: 128)
var graph = ProblemBuilder(on: chip, multiplyAddsPerTime: 4096, elementsPerTime: 128)
let input = graph.input("input", rows: 512, columns: 512)
let query = graph.matMul("query", input, graph.input("query.weight", rows: 512, columns: 128))
let key = graph.matMul("key", input, graph.input("key.weight", rows: 512, columns: 128))
let value = graph.matMul("value", input, graph.input("value.weight", rows: 512, columns: 128))
let scores = try graph.einsum("scores", "ik,jk->ij", query, key)
let powers = graph.map("powers", "exp", scores, operations: 2)
let sum = try graph.einsum("sum", "ik->i1", powers, function: "sum")
let weights = graph.map("weights", "div", powers, sum, operations: 2)
_ = graph.matMul("mixed", weights, value)
let problem = try graph.problem()

let run = Scheduler(problem, solver: GLPKSolver(), options: .init(.exact)).start(timeLimit: .seconds(60))
for await event in run {
    if case .incumbent(let best) = event { print("latency \(best.latency), found by \(best.source.rawValue)") }
    if case .bound(let bound) = event { print("at least \(bound.value), by \(bound.kind.rawValue)") }
}
let result = try await run.result
print("\(result.status): \(result.incumbent.latency) units of time; the proof is about \(result.scope)")
for step in result.incumbent.schedule.steps {
    print(step.ops.map { problem.name(of: $0) ?? "?" }, "in tiles of \(step.granularity), keeps \(step.retained)")
}
try ScheduleFile.write(result.incumbent.schedule, result.incumbent.evaluation, to: "/tmp/example.json")
