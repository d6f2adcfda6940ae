import TensorGraph
import CostModel
import Scheduling
import Foundation
let path = CommandLine.arguments[1]
let problem = try! ProblemFile.read(path)
let clock = ContinuousClock()
var s: Schedule!
let t = clock.measure { s = try! ListScheduler(problem).schedule() }
let e = try! Evaluator(problem).evaluate(s)
print(path.suffix(8), e.totalLatency, s.steps.count, t)
if CommandLine.arguments.count > 2 {
  for (st, ev) in zip(s.steps, e.steps) { print(st.ops, st.granularity, st.retained, st.order.name, ev.latency, ev.compute, ev.trafficElements/problem.hardware.slowMemoryBandwidth, ev.peakWorkingSet) }
}
