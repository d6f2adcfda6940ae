import TensorGraph

/// What can be said of all op sets that include some ops and exclude some others.
///
/// Each fact holds for every set of the branch, so a branch that contradicts a rule contains no step at all:
/// - *Shapes.* An op that is in and whose readers are all out has outputs that leave the step, and all outputs of a
///   step have one shape (RULES 3.5).
/// - *Sinks.* A MatMul that is in and behind which everything is decided without a MatMul is a sink, and sinks have one
///   reduction (RULES 3.9; a single k-step would need a depth equal to both).
/// - *Prologues.* A Pointwise op that feeds a MatMul whose reduction exceeds the native tile needs a single k-step
///   (RULES 3.9), which a sink with a reduction deeper than any k-step rules out.
/// - *Memory.* A tensor that is read from outside for sure (a graph input, or its producer is out) is held at least
///   in the region demanded with tile and depth one. Adding ops can only widen it: a MatMul that feeds a MatMul
///   keeps doing so, and its own reduction stays folded (RULES 4). A resident tensor counts whole, which is no less.
struct BranchFacts {
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
    }

    private let outputs: [[Output]]
    private let inputs: [[Input]]
    private let isMatMul: [Bool]
    private let reduction: [Int]
    private let capacity: Double
    private let deepest: Int
    /// For each op, MatMuls that it feeds as a Pointwise op and whose reduction no tile covers.
    private let needsSingleDepth: [OpSet]
    /// Readers of each op's outputs.
    private let readers: [OpSet]

    /// For the branch at hand, what is demanded of each op that is in, and what lies behind it.
    private var states: [State]
    /// For the branch at hand, elements held of each tensor; valid where the stamp is current.
    private var held: [(stamp: Int, elements: Double)]
    private var stamp = 0

    private struct State {
        var wholeRows = false
        var wholeColumns = false
        var feedsMatMul = false
        /// Nothing undecided behind it can lead to a MatMul.
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
            problem[op].inputs.map { tensor in
                Input(
                    tensor: tensor.index,
                    producer: problem.graph.producers[tensor.index].map { number[$0.index] } ?? -1,
                    width: Double(problem[tensor].width), height: Double(problem[tensor].height))
            }
        }
        isMatMul = order.map { problem[$0].kind == .matMul }
        reduction = order.map { problem.reduction(of: $0) }
        let isMatMul = isMatMul
        let reduction = reduction
        let inputs = inputs
        let hardware = problem.hardware
        needsSingleDepth = order.indices.map { op in
            guard !isMatMul[op] else { return OpSet() }
            return OpSet(
                order.indices.lazy.filter { reader in
                    isMatMul[reader]
                        && (inputs[reader][0].producer == op && reduction[reader] > hardware.nativeWidth
                            || inputs[reader][1].producer == op && reduction[reader] > hardware.nativeHeight)
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
            if isMatMul[op], !state.feedsMatMul, state.isDecided {
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
            guard isMatMul[reader] else {
                if behind.wholeRows { state.wholeRows = true }
                if behind.wholeColumns { state.wholeColumns = true }
                if behind.feedsMatMul { state.feedsMatMul = true }
                return
            }
            state.feedsMatMul = true
            if inputs[reader][0].producer == op {
                if behind.wholeRows { state.wholeRows = true }
                if behind.feedsMatMul { state.wholeColumns = true }
            }
            if inputs[reader][1].producer == op {
                if behind.feedsMatMul { state.wholeRows = true }
                if behind.wholeColumns { state.wholeColumns = true }
            }
        }
        return state
    }

    /// Elements by which an input raises what the branch holds at the least.
    private mutating func addHeld(
        _ op: Int, _ position: Int, _ state: State, _ set: OpSet, _ excluded: OpSet
    ) -> Double {
        let input = inputs[op][position]
        guard input.producer < 0 || excluded.contains(input.producer) else { return 0 }
        let rows = isMatMul[op] && position == 1 ? state.feedsMatMul : state.wholeRows
        let columns = isMatMul[op] && position == 0 ? state.feedsMatMul : state.wholeColumns
        let elements = (rows ? input.height : 1) * (columns ? input.width : 1)
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
