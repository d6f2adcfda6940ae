import CostModel
import TensorGraph

/// Bounds that follow from the graph alone, for every schedule of the problem.
public enum StructuralBounds {
    /// Sum over the ops of base_cost * ceil(W / native width) * ceil(H / native height), in units of time.
    ///
    /// *Proof* (RULES 4 and 7, "Compute"). A sink or an epilogue op is charged its base cost per tile of a grid over
    /// its own shape, whose tiles are at most native. Of any other op in a step, follow one way from an output to it.
    /// The region that this way demands is charged, per tile and k-step, at no less than base times one factor for each
    /// side: for a side along a reduction K ceil(K / native) * side / K, otherwise ceil(side / native). Each side is a
    /// range of the tile's rows, of its columns, of the k-step's reduction, or whole, and no two sides follow the same
    /// range (`Extent`), so the factors of each side can be added up over its own ranges. Ranges add up to the whole
    /// side: along a reduction the factors to ceil(K / native), otherwise, since rounded-up parts add up to no less
    /// than the rounded-up whole, to at least ceil(side / native). Within a tile the regions of different k-steps
    /// differ, so that none of them is charged with another.
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
    /// *Proof.* Every element of a graph input that an op reads is demanded by some iteration, and a graph input is
    /// never resident (RULES 3.6); every graph output is evicted (RULES 3.8). A graph input is loaded more than once
    /// when a MatMul has to stream it: see `streams`. Ops that share a step share its loads, so a tensor counts as
    /// often as the op that streams it most often.
    ///
    /// - Parameters:
    ///   - problem: the problem.
    ///   - reductionCap: how deep k-steps may be; with deeper ones fewer tensors have to be streamed.
    public static func traffic(_ problem: Problem, reductionCap: ReductionCap = .native) -> Double {
        var elements = 0.0
        let behind = Behind(problem)
        for index in problem.tensors.indices {
            let tensor = TensorID(index)
            if problem.graph.isGraphInput(tensor) {
                let streams = problem.graph.readers[index].reduce(1.0) {
                    max($0, Self.streams(tensor, of: $1, in: problem, behind, reductionCap: reductionCap))
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
    /// Let the op read, along its reduction, a tensor that does not fit in fast memory, with a reduction that exceeds
    /// the deepest k-step.
    ///
    /// *Proof* where the op is a sink in every step, because nothing behind it is but maps that read `ij`. The slice is
    /// the k-range by the tile's columns, if the tensor's other side follows `j`. Of its role there are only slices
    /// with the k-range, or the whole reduction, on that side, and the k-range changes with every iteration, as there
    /// are several: so no slice is kept from one iteration to the next. Each row of tiles loads the whole tensor, and
    /// there are at least ceil(H / native height) rows. With `i` rows and columns are exchanged.
    ///
    /// *Proof* for a RHS (K x W) where everything behind the readers of the tensor is contest-like,
    /// ``Behind/isContestLike``, and no way through maps leads from the op to the RHS of another. As a sink the op is
    /// as above. Otherwise it feeds, through maps, the LHS of a reducing op whose own columns of reduction it is asked
    /// for: the slice is the whole side K by a k-range of a sink, or the whole tensor, which does not fit. The k-ranges
    /// of a tile make up the whole tensor. Another op may hold one of them, because it equals the columns of this tile
    /// or of the tile before; then there are several columns of tiles. With three or more a tile still loads all
    /// k-ranges but two. With two, a tile of the second column spares the first k-range only behind one of the first
    /// column, which loads it anew behind any other: over all tiles each k-range is loaded once per row of tiles at the
    /// least. The same holds for a LHS with rows and columns exchanged.
    static func streams(
        _ tensor: TensorID, of id: OpID, in problem: Problem, _ behind: Behind,
        reductionCap: ReductionCap = .native
    ) -> Double {
        let op = problem[id]
        let hardware = problem.hardware
        guard op.isReducing, problem[tensor].size > hardware.fastMemoryCapacity,
            problem.reduction(of: id) > reductionCap.limit(hardware)
        else { return 1 }
        let output = problem[op.outputs[0]]
        let isContestLike =
            problem.graph.readers[tensor.index].allSatisfy {
                problem[$0].isContestLike && behind.isContestLike[$0.index]
            }
        var most = 1.0
        for (input, access) in zip(op.inputs, op.einsum.inputs) where input == tensor {
            let isFed = behind.feeds[id.index].contains(access)
            guard behind.isAlwaysSink[id.index] || isContestLike && !isFed else { continue }
            switch access.rows == .reduction ? access.columns : access.rows {
            case .column: most = max(most, tiles(output.height, hardware.nativeHeight))
            case .row: most = max(most, tiles(output.width, hardware.nativeWidth))
            default: break
            }
        }
        return most
    }

    private static func tiles(_ side: Int, _ native: Int) -> Double { Double((side - 1) / native + 1) }
}

/// What is true of all that lies behind each op.
struct Behind {
    /// True where nothing is behind the op but maps that read `ij`.
    private(set) var isAlwaysSink: [Bool]
    /// True where all behind the op reads as MatMul and Pointwise do: maps `ij`, reducing ops `ik` and `kj`.
    private(set) var isContestLike: [Bool]
    /// How the reducing ops to which ways through maps lead read what comes along these ways.
    private(set) var feeds: [Set<Access>]

    /// - Complexity: O(*ops* + *edges*).
    init(_ problem: Problem) {
        isAlwaysSink = Array(repeating: true, count: problem.ops.count)
        isContestLike = isAlwaysSink
        feeds = Array(repeating: [], count: problem.ops.count)
        for id in problem.graph.topologicalOrder.reversed() {
            for tensor in problem[id].outputs {
                for reader in problem.graph.readers[tensor.index] {
                    let op = problem[reader]
                    if op.isReducing || !op.isContestLike || !isAlwaysSink[reader.index] {
                        isAlwaysSink[id.index] = false
                    }
                    if !op.isContestLike || !isContestLike[reader.index] { isContestLike[id.index] = false }
                    if op.isReducing {
                        for (input, access) in zip(op.inputs, op.einsum.inputs) where input == tensor {
                            feeds[id.index].insert(access)
                        }
                    } else if !feeds[reader.index].isSubset(of: feeds[id.index]) {
                        feeds[id.index].formUnion(feeds[reader.index])
                    }
                }
            }
        }
    }
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
