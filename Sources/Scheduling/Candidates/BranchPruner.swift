import TensorGraph

/// Prunes branches of the enumeration: tells what holds for all op sets that include some ops and exclude some others.
///
/// Each fact holds for every set of the branch, so a branch that contradicts a rule contains no step at all:
/// - *Shapes.* An op that is in and whose readers are all out has outputs that leave the step, and all outputs of a
///   step have one shape (RULES 3.5).
/// - *Sinks.* A reducing op that is in, with everything behind it decided and no way crooked, is a sink, and sinks have
///   one reduction (RULES 3.9; a single k-step would need a depth equal to both). A way is crooked when it leads
///   through a reducing op or an access other than `ij`.
/// - *Prologues.* A map that feeds a reducing op whose reduction exceeds the native tile needs a single k-step
///   (RULES 3.9), which a sink with a reduction deeper than any k-step rules out.
/// - *Memory.* A tensor that is read from outside for sure (a graph input, or its producer is out) is held at least
///   in the largest of the regions demanded with tile and depth one. Each way from the tensor to the outputs of the
///   branch is there in every set of the branch, and what it demands can only widen: an op whose reduction is folded
///   stays crooked when ops are added, and a side that is whole stays whole (RULES 4 and 7). A resident tensor counts
///   whole, which is no less.
struct BranchPruner {
    private struct Output {
        var readers: OpSet
        var shape: Int
    }

    private struct Input {
        var tensor: Int
        /// The number of the producer, -1 for a graph input.
        var producer: Int
        var width: Double
        var height: Double
        var access: Access
    }

    private let outputs: [[Output]]
    private let inputs: [[Input]]
    private let isReducing: [Bool]
    private let reduction: [Int]
    private let capacity: Double
    private let deepest: Int
    /// For each map, reducing ops that it feeds and whose reduction no tile covers.
    private let needsSingleDepth: [OpSet]
    /// Readers of each op's outputs.
    private let readers: [OpSet]

    /// For the branch at hand, what is demanded of each op that is in, and what lies behind it.
    private var states: [State]
    /// For the branch at hand, elements held of each tensor; valid where the stamp is current.
    private var held: [(stamp: Int, elements: Double)]
    private var stamp = 0

    private struct State {
        var demands = RegionForms()
        var isCrooked = false
        /// Nothing behind it is undecided.
        var isDecided = true
    }

    /// - Parameters:
    ///   - order: the ops, consumers first; numbers are positions in it.
    ///   - deepest: the largest depth of a k-step.
    init(_ problem: Problem, order: [OpID], deepest: Int) {
        var number = [Int](repeating: 0, count: order.count)
        for (index, op) in order.enumerated() { number[op.index] = index }
        var shapes: [Tensor: Int] = [:]
        outputs = order.map { op in
            problem[op].outputs.map { tensor in
                let next = shapes.count
                let shape = shapes[problem[tensor], default: next]
                shapes[problem[tensor]] = shape
                return Output(
                    readers: OpSet(problem.graph.readers[tensor.index].map { number[$0.index] }), shape: shape)
            }
        }
        readers = outputs.map { $0.reduce(OpSet()) { $0.union($1.readers) } }
        inputs = order.map { op in
            zip(problem[op].inputs, problem[op].einsum.inputs).map { tensor, access in
                Input(
                    tensor: tensor.index,
                    producer: problem.graph.producers[tensor.index].map { number[$0.index] } ?? -1,
                    width: Double(problem[tensor].width), height: Double(problem[tensor].height),
                    access: access)
            }
        }
        isReducing = order.map { problem[$0].isReducing }
        reduction = order.map { problem.reduction(of: $0) }
        let isReducing = isReducing
        let reduction = reduction
        let inputs = inputs
        let hardware = problem.hardware
        needsSingleDepth = order.indices.map { op in
            guard !isReducing[op] else { return OpSet() }
            return OpSet(
                order.indices.lazy.filter { reader in
                    isReducing[reader]
                        && inputs[reader].contains { input in
                            let isAlongRows = input.access.rows == .reduction
                            let native = isAlongRows ? hardware.nativeHeight : hardware.nativeWidth
                            return input.producer == op && reduction[reader] > native
                        }
                })
        }
        self.deepest = deepest
        capacity = Double(problem.hardware.fastMemoryCapacity)
        states = Array(repeating: State(), count: order.count)
        held = Array(repeating: (0, 0), count: problem.tensors.count)
    }

    /// True when all outputs that leave this very set have one shape.
    func haveOneShape(_ set: OpSet) -> Bool {
        agree(set) { $0.isDisjoint(with: set) }
    }

    /// False when no set that includes and excludes these ops is a step.
    mutating func allowSteps(including set: OpSet, excluding excluded: OpSet) -> Bool {
        guard agree(set, { $0.isSubset(of: excluded) }) else { return false }
        stamp += 1
        var total = 0.0
        var sinkReduction = -1
        var isPossible = true
        var needsSingle = false
        // Ascending numbers: every reader of an op comes before it.
        set.forEach { op in
            let state = derive(op, set, excluded)
            states[op] = state
            if isReducing[op], !state.isCrooked, state.isDecided {
                if sinkReduction >= 0, sinkReduction != reduction[op] { isPossible = false }
                sinkReduction = reduction[op]
            }
            if !needsSingleDepth[op].isDisjoint(with: set) { needsSingle = true }
            for position in inputs[op].indices {
                total += addHeld(op, position, state, set, excluded)
            }
        }
        if needsSingle, sinkReduction > deepest { isPossible = false }
        return isPossible && total < capacity
    }

    private func derive(_ op: Int, _ set: OpSet, _ excluded: OpSet) -> State {
        var state = State()
        state.isDecided = readers[op].isSubset(of: set.union(excluded))
        readers[op].intersection(set).forEach { reader in
            let behind = states[reader]
            if !behind.isDecided { state.isDecided = false }
            let isBend = isReducing[reader] || behind.isCrooked
            for input in inputs[reader] where input.producer == op {
                if isBend || input.access != .elementwise { state.isCrooked = true }
                state.demands.formUnion(behind.demands.read(by: input.access, isFolded: behind.isCrooked))
            }
        }
        // Without a reader in the branch the outputs leave the step, or ops to come demand no less than the tile.
        if state.demands.isEmpty { state.demands = .tile }
        return state
    }

    /// Elements by which an input raises what the branch holds at the least.
    private mutating func addHeld(
        _ op: Int, _ position: Int, _ state: State, _ set: OpSet, _ excluded: OpSet
    ) -> Double {
        let input = inputs[op][position]
        guard input.producer < 0 || excluded.contains(input.producer) else { return 0 }
        let forms = state.demands.read(by: input.access, isFolded: state.isCrooked)
        let elements = forms.largest(width: input.width, height: input.height)
        let before = held[input.tensor].stamp == stamp ? held[input.tensor].elements : 0
        guard elements > before else { return 0 }
        held[input.tensor] = (stamp, elements)
        return elements - before
    }

    @inline(__always)
    private func agree(_ set: OpSet, _ leaves: (OpSet) -> Bool) -> Bool {
        var shape = -1
        var agree = true
        set.forEach { op in
            for output in outputs[op] where leaves(output.readers) {
                if shape >= 0, output.shape != shape { agree = false }
                shape = output.shape
            }
        }
        return agree
    }
}
