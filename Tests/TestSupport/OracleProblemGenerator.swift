import TensorGraph

/// Random problems small enough to try every schedule of, and varied enough that the best one is seldom the obvious
/// one.
///
/// Sides come from a pool of one or two lengths, so that shapes fit and ops fuse; memory is tight as often as loose,
/// and bandwidth dear as often as cheap.
public struct OracleProblemGenerator {
    private var random: RandomSource
    private var graph = GraphBuilder()
    private var sides: [Int] = []
    private let opCounts: ClosedRange<Int>
    private let maximumWritten: Int
    private let variety: ProblemGenerator.Variety

    /// Creates a generator; equal arguments give equal problems.
    ///
    /// - Parameters:
    ///   - opCounts: number of ops of each problem.
    ///   - maximumWritten: tensors that ops write at most; the number of schedules grows exponentially with it.
    ///   - variety: which ops the graphs are made of.
    public init(
        seed: UInt64, opCounts: ClosedRange<Int>, maximumWritten: Int = 6,
        variety: ProblemGenerator.Variety = .contest
    ) {
        self.variety = variety
        random = RandomSource(seed: seed)
        self.opCounts = opCounts
        self.maximumWritten = max(maximumWritten, opCounts.upperBound)
    }

    /// A random problem; now and then one with an op that fits at no granularity.
    public mutating func next() throws(ProblemError) -> Problem {
        graph = GraphBuilder()
        let longest = random.pick(3, 4, 5, 6)
        let shortest = random.pick(1, 2, 2, 2)
        sides = (0..<random.pick(1, 2, 2)).map { _ in Int.random(in: shortest...longest, using: &random) }
        let count = Int.random(in: opCounts, using: &random)
        let matMuls = random.pick(0, 1, 2, 3)
        while graph.ops.count < count {
            if variety == .general, !random.oneIn(4) {
                addEinsum(isReducing: Int.random(in: 0..<4, using: &random) < matMuls, left: count - graph.ops.count)
            } else {
                addOp(left: count - graph.ops.count, matMulsInFour: matMuls)
            }
        }
        return try graph.problem(
            capacity: capacity(), bandwidth: random.pick(0.25, 0.5, 1, 2, 5),
            nativeWidth: random.pick(2, 3, 4), nativeHeight: random.pick(2, 3, 4))
    }

    private mutating func capacity() -> Int {
        let total = graph.tensors.reduce(0) { $0 + $1.size }
        let largest = graph.tensors.map(\.size).max() ?? 1
        let floor = 1 + (graph.ops.map { $0.inputs.count + $0.outputs.count }.max() ?? 0)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return total + floor
        case 1: return max(1, floor - 2 + Int.random(in: 0...12, using: &random))
        default: return floor + Int.random(in: 0...max(1, min(total, 3 * largest)), using: &random)
        }
    }

    private mutating func side() -> Int { sides[Int.random(in: 0..<sides.count, using: &random)] }

    private mutating func cost() -> Double {
        if variety == .general, random.oneIn(8) { return 0 }
        return contestCost()
    }

    private mutating func contestCost() -> Double {
        random.pick(0.5, 2, 8, 30, Double(Int.random(in: 1...40, using: &random)))
    }

    private var written: Int { graph.ops.reduce(0) { $0 + $1.outputs.count } }

    private mutating func addOp(left: Int, matMulsInFour: Int) {
        guard Int.random(in: 0..<4, using: &random) >= matMulsInFour else {
            let lhs = operand(width: nil, height: nil, avoiding: [])
            let rhs = operand(width: nil, height: graph.tensors[lhs.index].width, avoiding: [lhs])
            _ = graph.matMul(lhs, rhs, cost: cost())
            return
        }
        var inputs = [operand(width: nil, height: nil, avoiding: [])]
        let shape = graph.tensors[inputs[0].index]
        while random.oneIn(3), inputs.count < 3 {
            inputs.append(operand(width: shape.width, height: shape.height, avoiding: inputs))
        }
        let spare = maximumWritten - written - left
        let outputs = min(random.pick(1, 1, 2, 3), 1 + max(0, spare))
        _ = graph.pointwise(inputs, outputs: outputs, cost: cost())
    }

    private static let maps = [
        ["ij"], ["ji"], ["ij", "ij"], ["ij", "i1"], ["ij", "1j"], ["ij", "ji"], ["i1"], ["1j"],
    ]
    private static let reductions = [
        ["ik"], ["kj"], ["ik", "kj"], ["ik", "jk"], ["ki", "kj"], ["ik", "ik"], ["ik", "k1"], ["1k", "kj"],
    ]

    /// An einsum on tensors that fit, now and then the same tensor twice.
    private mutating func addEinsum(isReducing: Bool, left: Int) {
        let forms = isReducing ? Self.reductions : Self.maps
        let accesses = forms[Int.random(in: 0..<forms.count, using: &random)]
        let letters = Set(accesses.joined())
        // A map of a vector alone is a broadcast; a letter that no input of a reducing op has is a side of one.
        let rows = letters.contains("i") || !isReducing ? "i" : "1"
        let columns = letters.contains("j") || !isReducing ? "j" : "1"
        var lengths: [Character: Int] = ["1": 1]
        var inputs: [TensorID] = []
        for access in accesses.map(Array.init) {
            let input = operand(width: lengths[access[1]], height: lengths[access[0]], avoiding: [])
            lengths[access[0]] = graph.tensors[input.index].height
            lengths[access[1]] = graph.tensors[input.index].width
            inputs.append(input)
        }
        let spare = maximumWritten - written - left
        let outputs = isReducing ? 1 : min(random.pick(1, 1, 1, 2), 1 + max(0, spare))
        let (width, height, cost) = (lengths["j"] ?? side(), lengths["i"] ?? side(), cost())
        let text = accesses.joined(separator: ",") + "->" + rows + columns
        let written = try? graph.einsum(text, inputs, outputs: outputs, width: width, height: height, cost: cost)
        precondition(written != nil, "\(text) is no einsum")
    }

    /// An existing tensor that fits, or else a new graph input.
    private mutating func operand(width: Int?, height: Int?, avoiding taken: [TensorID]) -> TensorID {
        let fitting = graph.tensors.indices.filter { index in
            let shape = graph.tensors[index]
            return (width ?? shape.width) == shape.width && (height ?? shape.height) == shape.height
                && !taken.contains(TensorID(index))
        }
        // Tensors that ops write make chains and several readers; without them steps have nothing to hand over.
        let products = fitting.filter { index in graph.ops.contains { $0.outputs.contains(TensorID(index)) } }
        if !products.isEmpty, !random.oneIn(4) {
            return TensorID(products[Int.random(in: 0..<products.count, using: &random)])
        }
        guard !fitting.isEmpty, random.oneIn(2) else { return graph.tensor(width ?? side(), height ?? side()) }
        return TensorID(fitting[Int.random(in: 0..<fitting.count, using: &random)])
    }
}
