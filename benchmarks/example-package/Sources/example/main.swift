import GLPKBackend
import Scheduling
import TensorGraph

// Two Pointwise ops in a row on a tensor of 128 x 128: tensor 0 to op 0 to tensor 1 to op 1 to tensor 2.
let problem = try Problem(
    tensors: Array(repeating: Tensor(width: 128, height: 128), count: 3),
    ops: [
        Op(kind: .pointwise, inputs: [TensorID(0)], outputs: [TensorID(1)], baseCost: 1000),
        Op(kind: .pointwise, inputs: [TensorID(1)], outputs: [TensorID(2)], baseCost: 100),
    ],
    hardware: Hardware(fastMemoryCapacity: 35_000, slowMemoryBandwidth: 10, nativeWidth: 128, nativeHeight: 128))

let scheduler = Scheduler(problem, solver: GLPKSolver())
let result = try scheduler.schedule(control: SolveControl(timeLimitSeconds: 10))

print("\(result.status): latency \(result.incumbent.latency), gap \(result.gap)")
for step in result.incumbent.schedule.steps {
    print("ops \(step.ops) at \(step.granularity), \(step.order.name), retains \(step.retained)")
}
