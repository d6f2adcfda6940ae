import CostModel
import TensorGraph

/// Small problems, named after their shape. Tensors and ops are numbered in the order in which they are written here.
public enum Fixtures {
    /// t0 > op0 > t1 > op1 > t2, Pointwise, square.
    public static func pointwisePair(
        side: Int, costs: (Double, Double) = (1000, 100), capacity: Int = 35000, native: Int = 128
    ) throws(ProblemError) -> Problem {
        var graph = GraphBuilder()
        let middle = graph.pointwise([graph.tensor(side, side)], cost: costs.0)
        _ = graph.pointwise([middle], cost: costs.1)
        return try graph.problem(capacity: capacity, nativeWidth: native, nativeHeight: native)
    }

    /// t0 > op0 > t1, t1 > op1 > t2, t1 + t2 > op2 > t3, Pointwise, 128 x 128.
    public static func diamond() throws(ProblemError) -> Problem {
        var graph = GraphBuilder()
        let top = graph.pointwise([graph.tensor(128, 128)], cost: 1500)
        let side = graph.pointwise([top], cost: 1500)
        _ = graph.pointwise([top, side], cost: 1500)
        return try graph.problem(capacity: 50000)
    }

    /// t0 @ t1 > op0 > t2 of these sides.
    public static func matMul(
        width: Int = 128, height: Int = 128, reduction: Int = 128, capacity: Int = 25000, native: Int = 128
    ) throws(ProblemError) -> Problem {
        var graph = GraphBuilder()
        _ = graph.matMul(graph.tensor(reduction, height), graph.tensor(width, reduction), cost: 1500)
        return try graph.problem(capacity: capacity, nativeWidth: native, nativeHeight: native)
    }

    /// (t0 @ t1 > op0 > t2) @ t3 > op1 > t4, all 128 x 128.
    public static func foldedPair() throws(ProblemError) -> Problem {
        var graph = GraphBuilder()
        let product = graph.matMul(graph.tensor(128, 128), graph.tensor(128, 128), cost: 2000)
        _ = graph.matMul(product, graph.tensor(128, 128), cost: 2000)
        return try graph.problem(capacity: 45000)
    }

    /// t0 @ t1 > op0 > t2, t2 + t3 > op1 > t4, all 128 x 128.
    public static func matMulWithEpilogue() throws(ProblemError) -> Problem {
        var graph = GraphBuilder()
        let product = graph.matMul(graph.tensor(128, 128), graph.tensor(128, 128), cost: 2000)
        _ = graph.pointwise([product, graph.tensor(128, 128)], cost: 100)
        return try graph.problem(capacity: 45000)
    }

    /// t0 @ t1 > op0 > t2 > op1 > t3, t3 @ t4 > op2 > t5, all 128 x 128.
    public static func foldedThroughPointwise() throws(ProblemError) -> Problem {
        var graph = GraphBuilder()
        let product = graph.matMul(graph.tensor(128, 128), graph.tensor(128, 128), cost: 2000)
        let weights = graph.pointwise([product], cost: 2000)
        _ = graph.matMul(weights, graph.tensor(128, 128), cost: 2000)
        return try graph.problem(capacity: 45000)
    }
}

extension Step {
    /// A step from plain numbers, as a schedule file has them.
    public init(
        _ ops: [Int], _ granularity: (width: Int, height: Int, depth: Int), keeping retained: [Int] = [],
        order: TileOrder = .raster
    ) {
        self.init(
            ops: ops.map { OpID($0) },
            granularity: Granularity(
                width: granularity.width, height: granularity.height, depth: granularity.depth),
            retained: retained.map { TensorID($0) }, order: order)
    }
}
