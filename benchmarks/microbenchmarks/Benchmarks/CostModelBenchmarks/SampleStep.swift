import CostModel
import TensorGraph

/// A step as the schedulers meet it: branches of MatMul, Pointwise, MatMul that share an input, summed by Pointwise ops.
struct SampleStep {
    let problem: Problem
    let structure: StepStructure
    let cost: StepCost
    /// Granularities that are valid for the step, in a shuffled order.
    let granularities: [Granularity]

    /// 512 x 512 tensors; a branch narrows to 128 columns, so that several k-steps stay possible (RULES 3.9).
    init(opCount: Int) {
        var graph = SampleGraph()
        switch opCount {
        case 1: _ = graph.matMul(graph.shared, width: 512)
        case 2: _ = graph.pointwise([graph.matMul(graph.shared, width: 512)])
        case 4: _ = graph.pointwise([graph.branch()])
        case 8: _ = graph.pointwise([graph.pointwise([graph.branch(), graph.branch()])])
        case 16:
            let left = graph.pointwise([graph.branch(), graph.branch()])
            let right = graph.pointwise([graph.branch(), graph.branch()])
            _ = graph.pointwise([graph.pointwise([left, right])])
        default: preconditionFailure("there is no sample step of \(opCount) ops")
        }
        precondition(graph.ops.count == opCount)
        self.init(graph)
    }

    /// Softmax of 512 x 512: maximum, exponential, sum, quotient.
    static func softmax() -> SampleStep {
        var graph = SampleGraph()
        _ = graph.softmax(graph.shared, width: 512)
        return SampleStep(graph)
    }

    /// Attention of one head: scores by transposed keys, softmax, product with values; 512 queries, 128 keys, width 64.
    static func attention() -> SampleStep {
        var graph = SampleGraph()
        let (queries, keys) = (graph.tensor(width: 64, height: 512), graph.tensor(width: 64, height: 128))
        let scores = graph.einsum(
            [Access(.row, .reduction), Access(.column, .reduction)], [queries, keys], width: 128)
        let weights = graph.softmax(scores, width: 128)
        _ = graph.matMul(weights, width: 64)
        return SampleStep(graph)
    }

    private init(_ graph: SampleGraph) {
        do {
            problem = try Problem(
                tensors: graph.tensors, ops: graph.ops,
                hardware: Hardware(
                    fastMemoryCapacity: 400_000, slowMemoryBandwidth: 30, nativeWidth: 128, nativeHeight: 128))
            structure = try StepAnalyzer(problem).analyze(ops: Array(problem.opIDs), retained: [])
        } catch {
            preconditionFailure("the sample step is not valid: \(error)")
        }
        cost = StepCost(structure, problem: problem)
        granularities = Self.validGranularities(structure, problem.hardware)
    }

    private static func validGranularities(_ structure: StepStructure, _ hardware: Hardware) -> [Granularity] {
        let sizes = [128, 103, 96, 86, 74, 64, 52, 47, 32, 16, 7]
        var all: [Granularity] = []
        for width in sizes {
            for height in sizes {
                for depth in sizes {
                    let granularity = Granularity(width: width, height: height, depth: depth)
                    let isValid = (try? structure.check(granularity, hardware: hardware, cap: .native)) != nil
                    if isValid { all.append(granularity) }
                }
            }
        }
        // Strides coprime to the length visit all of them, and no two neighbours alike.
        let stride = [389, 97, 41, 7].first { !all.count.isMultiple(of: $0) } ?? 1
        return all.indices.map { all[$0 * stride % all.count] }
    }
}

private struct SampleGraph {
    var tensors = [Tensor(width: 512, height: 512)]
    var ops: [Op] = []
    let shared = TensorID(0)

    mutating func tensor(width: Int, height: Int) -> TensorID {
        tensors.append(Tensor(width: width, height: height))
        return TensorID(tensors.count - 1)
    }

    mutating func matMul(_ lhs: TensorID, width: Int) -> TensorID {
        let weight = tensor(width: width, height: tensors[lhs.index].width)
        let output = tensor(width: width, height: tensors[lhs.index].height)
        ops.append(Op(kind: .matMul, inputs: [lhs, weight], outputs: [output], baseCost: 2000))
        return output
    }

    mutating func pointwise(_ inputs: [TensorID]) -> TensorID {
        let shape = tensors[inputs[0].index]
        let output = tensor(width: shape.width, height: shape.height)
        ops.append(Op(kind: .pointwise, inputs: inputs, outputs: [output], baseCost: 200))
        return output
    }

    mutating func einsum(_ accesses: [Access], _ inputs: [TensorID], width: Int) -> TensorID {
        let output = tensor(width: width, height: 512)
        let einsum = Einsum(inputs: accesses, output: Access(.row, width == 1 ? .one : .column))
        ops.append(Op(einsum, inputs: inputs, outputs: [output], baseCost: 400))
        return output
    }

    mutating func softmax(_ scores: TensorID, width: Int) -> TensorID {
        let rows = [Access(.row, .reduction)]
        let byRow = [Access.elementwise, Access(.row, .one)]
        let powers = einsum(byRow, [scores, einsum(rows, [scores], width: 1)], width: width)
        return einsum(byRow, [powers, einsum(rows, [powers], width: 1)], width: width)
    }

    mutating func branch() -> TensorID {
        let narrow = pointwise([matMul(shared, width: 128)])
        return matMul(narrow, width: 512)
    }
}
