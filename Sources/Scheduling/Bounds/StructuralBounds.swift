import CostModel
import TensorGraph

/// Bounds that follow from the graph alone, for every schedule of the problem.
public enum StructuralBounds {
    /// Sum over the ops of base_cost * ceil(W / native width) * ceil(H / native height), in units of time.
    ///
    /// *Proof* (RULES 4 and 7, "Compute"). A sink or an epilogue op is charged its base cost per tile of a grid over its own
    /// shape, whose tiles are at most native. Of any other op in a step, follow one way from an output to it. The region
    /// that this way demands is charged, per tile and k-step, at no less than base times one factor for each side: for a
    /// side along a reduction K ceil(K / native) * side / K, otherwise ceil(side / native). Each side is a range of the
    /// tile's rows, of its columns, of the k-step's reduction, or whole, and no two sides follow the same range (``Extent``),
    /// so the factors of each side can be added up over its own ranges. Ranges add up to the whole side: along a
    /// reduction the factors to ceil(K / native), otherwise, since rounded-up parts add up to no less than the
    /// rounded-up whole, to at least ceil(side / native). Within a tile the regions of different k-steps differ, so that
    /// none of them is charged with another.
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
    /// Let the op read, along its reduction, a tensor that does not fit in fast memory, with a reduction that exceeds the
    /// deepest k-step.
    ///
    /// *Proof* where the op is a sink in every step, because nothing behind it is but maps that read `ij`. The slice is the
    /// k-range by the tile's columns, if the tensor's other side follows `j`. Of its role there are only slices with the
    /// k-range, or the whole reduction, on that side, and the k-range changes with every iteration, as there are several:
    /// so no slice is kept from one iteration to the next. Each row of tiles loads the whole tensor, and there
    /// are at least ceil(H / native height) rows. With `i` rows and columns are exchanged.
    ///
    /// *Proof* for a RHS (K x W) where everything behind the readers of the tensor is contest-like, ``isContestLike``, and
    /// no way through maps leads from the op to the RHS of another. As a sink the op is as above. Otherwise it feeds,
    /// through maps, the LHS of a reducing op whose own columns of reduction it is asked for: the slice is the whole side K
    /// by a k-range of a sink, or the whole tensor, which does not fit. The k-ranges of a tile make up the whole tensor.
    /// Another op may hold one of them, because it equals the columns of this tile or of the tile before; then there are
    /// several columns of tiles. With three or more a tile still loads all k-ranges but two. With two, a tile of the second
    /// column spares the first k-range only behind one of the first column, which loads it anew behind any other: over all
    /// tiles each k-range is loaded once per row of tiles at the least. The same holds for a LHS with rows and columns
    /// exchanged.
    static func streams(
        _ tensor: TensorID, of id: OpID, in problem: Problem, reductionCap: ReductionCap = .native
    ) -> Double {
        let op = problem[id]
        let hardware = problem.hardware
        guard op.isReducing, problem[tensor].size > hardware.fastMemoryCapacity,
            problem.reduction(of: id) > reductionCap.limit(hardware)
        else { return 1 }
        let output = problem[op.outputs[0]]
        let isAlwaysSink = behind([id], in: problem).allSatisfy { !$0.isReducing && $0.isContestLike }
        var most = 1.0
        for (input, access) in zip(op.inputs, op.einsum.inputs) where input == tensor {
            guard isAlwaysSink || isContestLike(tensor, in: problem) && !feeds(likewise: access, from: id, in: problem)
            else { continue }
            switch access.rows == .reduction ? access.columns : access.rows {
            case .column: most = max(most, tiles(output.height, hardware.nativeHeight))
            case .row: most = max(most, tiles(output.width, hardware.nativeWidth))
            default: break
            }
        }
        return most
    }

    /// True when the readers of a tensor, and all ops behind them, read as MatMul and Pointwise do: maps `ij`, reducing ops
    /// `ik` and `kj`.
    private static func isContestLike(_ tensor: TensorID, in problem: Problem) -> Bool {
        let readers = problem.graph.readers[tensor.index]
        return (readers.map { problem[$0] } + behind(readers, in: problem)).allSatisfy(\.isContestLike)
    }

    /// All ops that depend on one of these.
    private static func behind(_ ops: [OpID], in problem: Problem) -> [Op] {
        var pending = ops
        var visited = Set<OpID>()
        while let op = pending.popLast() {
            for tensor in problem[op].outputs {
                for reader in problem.graph.readers[tensor.index] where visited.insert(reader).inserted {
                    pending.append(reader)
                }
            }
        }
        return visited.map { problem[$0] }
    }

    /// True when a way through maps leads from the op to an input of a reducing op that is read by this access.
    private static func feeds(likewise access: Access, from start: OpID, in problem: Problem) -> Bool {
        var pending = [start]
        var visited: Set<OpID> = [start]
        while let op = pending.popLast() {
            for tensor in problem[op].outputs {
                for id in problem.graph.readers[tensor.index] {
                    let reader = problem[id]
                    if reader.isReducing {
                        let accesses = zip(reader.inputs, reader.einsum.inputs)
                        if accesses.contains(where: { $0 == tensor && $1 == access }) { return true }
                    } else if visited.insert(id).inserted {
                        pending.append(id)
                    }
                }
            }
        }
        return false
    }

    private static func tiles(_ side: Int, _ native: Int) -> Double { Double((side - 1) / native + 1) }
}

extension Op {
    /// True when the op reads as MatMul and Pointwise do: a map `ij`, a reducing op `ik` and `kj`.
    fileprivate var isContestLike: Bool {
        einsum.inputs.allSatisfy { access in
            isReducing
                ? access == Access(.row, .reduction) || access == Access(.reduction, .column) : access == .elementwise
        }
    }
}
