import CostModel
import GLPKBackend
import Scheduling
import TensorGraph

// One head of attention over 512 positions, on a chip with room for 120,000 elements.
let chip = Hardware(fastMemoryCapacity: 120_000, slowMemoryBandwidth: 30, nativeWidth: 128, nativeHeight: 128)
var graph = ProblemBuilder(on: chip, multiplyAddsPerTime: 4096, elementsPerTime: 128)
let input = graph.input("input", rows: 512, columns: 256)
let query = graph.matMul("query", input, graph.input("query.weight", rows: 256, columns: 64))
let key = graph.matMul("key", input, graph.input("key.weight", rows: 256, columns: 64))
let value = graph.matMul("value", input, graph.input("value.weight", rows: 256, columns: 64))
let scores = try graph.einsum("scores", "ik,jk->ij", query, key)
let largest = try graph.einsum("largest", "ik->i1", scores, function: "max")
let powers = graph.map("powers", "exp_sub", scores, largest, operations: 3)
let sum = try graph.einsum("sum", "ik->i1", powers, function: "sum")
let weights = graph.map("weights", "div", powers, sum, operations: 2)
let mixed = graph.matMul("mixed", weights, value)
let problem = try graph.problem()

let run = Scheduler(problem, solver: GLPKSolver()).start(timeLimit: .seconds(30))
for await event in run {
    if case .incumbent(let best) = event { print("latency \(best.latency), found by \(best.source.rawValue)") }
    if case .bound(let bound) = event { print("at least \(bound.value), by \(bound.kind.rawValue)") }
}
let result = try await run.result
print("\(result.status): \(result.incumbent.latency) units of time; this bound is about \(result.scope)")
for step in result.incumbent.schedule.steps {
    print(step.ops.map { problem.name(of: $0) ?? "?" }, "in tiles of \(step.granularity), keeps \(step.retained)")
}
try ScheduleFile.write(result.incumbent.schedule, result.incumbent.evaluation, to: "/tmp/example.json")
