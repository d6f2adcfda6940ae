import TensorGraph

/// What a step reads, writes and computes, seen from outside: enough to bound the latency of several steps joined into
/// one.
struct StepInterface {
    /// Tensors that it reads and does not write, each once.
    fileprivate(set) var reads: [TensorID] = []
    /// Tensors that it writes and does not read.
    fileprivate(set) var outputs: [TensorID] = []
    /// Sum of its ops' base costs.
    fileprivate(set) var baseCost = 0.0
    /// Native tiles of an output; the fewest, where they differ.
    fileprivate(set) var tiles = Double.infinity
    /// True when an op of it may be in other steps as well.
    var hasCopies = false
}

extension StepInterface {
    /// Derives interfaces, and bounds from them. Keeps scratch space of the problem's size.
    struct Builder {
        private let problem: Problem
        /// For each tensor, what the walk with the number ``stamp`` saw of it.
        private var marks: [UInt32]
        private var stamp: UInt32 = 0

        init(_ problem: Problem) {
            self.problem = problem
            marks = Array(repeating: 0, count: problem.tensors.count)
        }

        /// The interface of a step of these ops.
        ///
        /// - Complexity: O(inputs and outputs of the ops).
        mutating func build(_ ops: [OpID]) -> StepInterface {
            stamp += 3
            let (written, read, both) = (stamp, stamp + 1, stamp + 2)
            var interface = StepInterface()
            for op in ops {
                interface.baseCost += problem[op].baseCost
                for tensor in problem[op].outputs { marks[tensor.index] = written }
            }
            for op in ops {
                for tensor in problem[op].inputs {
                    switch marks[tensor.index] {
                    case read, both: continue
                    case written: marks[tensor.index] = both
                    default:
                        marks[tensor.index] = read
                        interface.reads.append(tensor)
                    }
                }
            }
            let hardware = problem.hardware
            for op in ops {
                for tensor in problem[op].outputs where marks[tensor.index] == written {
                    interface.outputs.append(tensor)
                    let shape = problem[tensor]
                    let tiles =
                        ((shape.width - 1) / hardware.nativeWidth + 1)
                        * ((shape.height - 1) / hardware.nativeHeight + 1)
                    interface.tiles = min(interface.tiles, Double(tiles))
                }
            }
            return interface
        }

        /// A lower bound of the latency of steps joined into one, in units of time, and whether there may be such a
        /// step: not where its outputs would have different shapes (RULES 3.5).
        ///
        /// Each tensor that the joined step reads from outside is loaded once at least, and each that it writes and
        /// does not read is evicted. Every op is charged once for each native tile of the outputs at least (RULES 4);
        /// the outputs are those of one of the steps. Tensors and ops that are in several of the steps are not looked
        /// for.
        mutating func latencyBound(_ group: [StepInterface]) -> (latency: Double, isPossible: Bool) {
            stamp += 3
            let (written, read, both) = (stamp, stamp + 1, stamp + 2)
            for step in group { for tensor in step.outputs { marks[tensor.index] = written } }
            var elements = 0
            var (cost, tiles) = (0.0, Double.infinity)
            for step in group {
                for tensor in step.reads {
                    switch marks[tensor.index] {
                    case read, both: continue
                    case written: marks[tensor.index] = both
                    default:
                        marks[tensor.index] = read
                        elements += problem[tensor].size
                    }
                }
                cost += step.baseCost
                tiles = min(tiles, step.tiles)
            }
            var shape: Tensor?
            var isUniform = true
            // What one step writes for others, a copy of the op in another one may have for itself.
            let areOutputsKnown = !group.contains { $0.hasCopies }
            for step in group {
                for tensor in step.outputs where marks[tensor.index] == written {
                    let written = problem[tensor]
                    if let shape, shape != written { isUniform = false }
                    shape = written
                    elements += written.size
                }
            }
            let latency = max(
                Double(elements) / problem.hardware.slowMemoryBandwidth, tiles.isFinite ? tiles * cost : 0)
            return (latency, isUniform || !areOutputsKnown)
        }
    }
}
