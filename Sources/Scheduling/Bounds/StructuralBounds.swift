import CostModel
import TensorGraph

/// Bounds that follow from the graph alone, for every schedule of the problem.
public enum StructuralBounds {
    /// Sum over the ops of base_cost * ceil(W / native width) * ceil(H / native height), in units of time.
    ///
    /// *Proof* (RULES 4, "Compute"). An op that the tile demands through Pointwise ops alone, a sink or an epilogue op
    /// is charged its base cost per tile of a grid over its own shape, whose tiles are at most native. Any other op is
    /// charged base * ceil(other / native) * ceil(K / native) * side / K per region. The sides along K add up to K over the
    /// k-steps of a tile or are K at once; the other side is a tile's (then there are at least as many tiles as native
    /// sides), the whole side, or a reduction range, and rounded-up parts add up to no less than the rounded-up whole.
    public static func compute(_ problem: Problem) -> Double {
        var total = 0.0
        for op in problem.ops {
            let shape = problem[op.outputs[0]]
            total +=
                op.baseCost * tiles(shape.width, problem.hardware.nativeWidth)
                * tiles(shape.height, problem.hardware.nativeHeight)
        }
        return total
    }

    /// Elements that have to be moved over the bandwidth, in units of time.
    ///
    /// *Proof.* Every element of a graph input that an op reads is demanded by some iteration, and a graph input is never
    /// resident (RULES 3.6); every graph output is evicted (RULES 3.8). A graph input is loaded more than once when a
    /// MatMul has to stream it: see `streams`. Ops that share a step share its loads, so a
    /// tensor counts as often as the op that streams it most often.
    ///
    /// - Parameters:
    ///   - problem: the problem.
    ///   - reductionCap: how deep k-steps may be; with deeper ones fewer tensors have to be streamed.
    public static func traffic(_ problem: Problem, reductionCap: ReductionCap = .native) -> Double {
        var elements = 0.0
        for index in problem.tensors.indices {
            let tensor = TensorID(index)
            if problem.graph.isGraphInput(tensor) {
                let streams = problem.graph.readers[index].reduce(1.0) {
                    max($0, Self.streams(tensor, of: $1, in: problem, reductionCap: reductionCap))
                }
                elements += streams * Double(problem[tensor].size)
            } else if problem.graph.isGraphOutput(tensor) {
                elements += Double(problem[tensor].size)
            }
        }
        return elements / problem.hardware.slowMemoryBandwidth
    }

    /// How often, at the least, an op loads a graph input that it reads, whatever step the op is in.
    ///
    /// *Proof* for a RHS (K x W) that does not fit in fast memory, where K exceeds the deepest k-step and no path through
    /// Pointwise ops leads from the op to the RHS of a MatMul. As a sink the op has several k-steps and demands
    /// the slice of k-range by tile columns, which changes with every iteration: each row of tiles loads the whole
    /// tensor, and there are at least ceil(H / native height) rows. Otherwise it feeds, through Pointwise ops, the LHS of
    /// a MatMul whose own columns of reduction it is asked for: the slice is the whole side K by a k-range of a sink, or
    /// the whole tensor, which does not fit; the k-ranges of a tile again make up the whole tensor, and change with every
    /// iteration unless they are the whole. The same holds for a LHS with rows and columns exchanged.
    static func streams(
        _ tensor: TensorID, of id: OpID, in problem: Problem, reductionCap: ReductionCap = .native
    ) -> Double {
        let op = problem[id]
        let hardware = problem.hardware
        guard op.kind == .matMul, problem[tensor].size > hardware.fastMemoryCapacity,
            problem.reduction(of: id) > reductionCap.limit(hardware)
        else { return 1 }
        let output = problem[op.outputs[0]]
        let isRight = op.inputs[1] == tensor
        guard !feeds(side: isRight ? 1 : 0, from: id, in: problem) else { return 1 }
        return isRight ? tiles(output.height, hardware.nativeHeight) : tiles(output.width, hardware.nativeWidth)
    }

    /// True when a path through Pointwise ops alone leads from the op to this input (0 LHS, 1 RHS) of a MatMul.
    private static func feeds(side: Int, from start: OpID, in problem: Problem) -> Bool {
        var pending = [start]
        var visited: Set<OpID> = [start]
        while let op = pending.popLast() {
            for tensor in problem[op].outputs {
                for reader in problem.graph.readers[tensor.index] {
                    if problem[reader].kind == .matMul {
                        if problem[reader].inputs[side] == tensor { return true }
                    } else if visited.insert(reader).inserted {
                        pending.append(reader)
                    }
                }
            }
        }
        return false
    }

    private static func tiles(_ side: Int, _ native: Int) -> Double { Double((side - 1) / native + 1) }
}
