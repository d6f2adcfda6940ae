import CostModel
import TensorGraph

/// How tensors travel through a valid schedule: where each step finds what it reads, and what of its compute and
/// traffic some schedule could do without.
struct ScheduleFlow {
    /// One op in one step; an op that several steps compute has several copies.
    struct Copy: Hashable {
        let step: Int
        let op: OpID
    }

    /// How a tensor gets from the op that writes it to one that reads it.
    enum Way: String {
        /// Both are in one step; the tensor need not exist in either memory.
        case within
        /// It stays in fast memory for the next step.
        case retained
        /// It is evicted to slow memory and loaded again.
        case slowMemory
    }

    /// One op reads what another wrote.
    struct Edge: Hashable {
        let from: Copy
        let to: Copy
        let tensor: TensorID
        let way: Way
    }

    /// The part of a step's compute and traffic that is there for each reason.
    struct StepAccount: Equatable {
        /// Compute of the native tiles of ops that no earlier step computes: the step's share of the compute bound.
        var bound = 0.0
        /// Compute of the native tiles of ops that an earlier step computes too.
        var recomputation = 0.0
        /// Compute of more tiles than native ones, of ops that are charged once per tile.
        var smallTiles = 0.0
        /// All other compute: what feeds a MatMul of the step and is computed for several tiles over again.
        var repetition = 0.0
        /// Elements of graph inputs that no earlier step loads, each counted once.
        var inputs = 0.0
        /// Elements of other tensors that the step loads, each counted once.
        var reloads = 0.0
        /// Elements that the step loads beyond once per tensor.
        var streaming = 0.0
        /// Elements of graph outputs that no earlier step evicts.
        var outputs = 0.0
        /// Elements of other tensors that the step evicts.
        var spills = 0.0
    }

    private(set) var edges: [Edge] = []
    private(set) var accounts: [StepAccount] = []
    /// The ops of each step.
    private(set) var members: [[OpID]] = []
    /// Ids of the tensors that each step finds in fast memory.
    private(set) var resident: [[TensorID]] = []

    private let problem: Problem

    /// Follows a schedule step by step.
    ///
    /// - Throws: `RuleViolation` for a schedule that is not valid.
    init(_ schedule: Schedule, _ evaluation: Evaluation, problem: Problem) throws(RuleViolation) {
        self.problem = problem
        let analyzer = StepAnalyzer(problem)
        var state = State(problem)
        for (index, step) in schedule.steps.enumerated() {
            guard evaluation.steps.indices.contains(index) else { break }
            let structure = try analyzer.analyze(ops: step.ops, retained: step.retained)
            members.append(structure.ops)
            resident.append(state.resident.keys.sorted())
            addEdges(to: index, structure, state)
            accounts.append(account(structure, evaluation.steps[index], &state))
            state.finish(index, structure, problem)
        }
    }

    /// What the steps so far have done.
    private struct State {
        var isComputed: [Bool]
        var isLoaded: [Bool]
        var isEvicted: [Bool]
        /// The copy that evicted a tensor last.
        var inSlowMemory: [TensorID: Copy] = [:]
        /// The copies of the previous step that wrote what it retains.
        var resident: [TensorID: Copy] = [:]

        init(_ problem: Problem) {
            isComputed = Array(repeating: false, count: problem.ops.count)
            isLoaded = Array(repeating: false, count: problem.tensors.count)
            isEvicted = isLoaded
        }

        mutating func finish(_ step: Int, _ structure: StepStructure, _ problem: Problem) {
            resident.removeAll(keepingCapacity: true)
            for tensor in structure.evicted {
                if let op = problem.graph.producers[tensor.index] { inSlowMemory[tensor] = Copy(step: step, op: op) }
            }
            for tensor in structure.retained {
                if let op = problem.graph.producers[tensor.index] { resident[tensor] = Copy(step: step, op: op) }
            }
        }
    }

    private mutating func addEdges(to step: Int, _ structure: StepStructure, _ state: State) {
        let members = Set(structure.ops)
        for op in structure.ops {
            for tensor in problem[op].inputs {
                let to = Copy(step: step, op: op)
                if let producer = problem.graph.producers[tensor.index], members.contains(producer) {
                    let from = Copy(step: step, op: producer)
                    edges.append(Edge(from: from, to: to, tensor: tensor, way: .within))
                } else if let from = state.resident[tensor] {
                    edges.append(Edge(from: from, to: to, tensor: tensor, way: .retained))
                } else if let from = state.inSlowMemory[tensor] {
                    edges.append(Edge(from: from, to: to, tensor: tensor, way: .slowMemory))
                }
            }
        }
    }

    private func account(
        _ structure: StepStructure, _ evaluation: StepEvaluation, _ state: inout State
    ) -> StepAccount {
        var account = StepAccount()
        addCompute(structure, evaluation, &state, to: &account)
        for tensor in structure.reads where state.resident[tensor] == nil {
            let size = Double(problem[tensor].size)
            if problem.graph.isGraphInput(tensor), !state.isLoaded[tensor.index] {
                account.inputs += size
            } else {
                account.reloads += size
            }
            state.isLoaded[tensor.index] = true
        }
        account.streaming = max(0, evaluation.loadedElements - account.inputs - account.reloads)
        for tensor in structure.evicted {
            let size = Double(problem[tensor].size)
            if problem.graph.isGraphOutput(tensor), !state.isEvicted[tensor.index] {
                account.outputs += size
            } else {
                account.spills += size
            }
            state.isEvicted[tensor.index] = true
        }
        return account
    }

    /// An op that is demanded on the tile alone is charged its base cost for each tile (RULES 4, "Compute"), so its
    /// excess over the native tiles is a matter of tile size. What is left of the step's compute is due to regions
    /// that lie along a reduction.
    private func addCompute(
        _ structure: StepStructure, _ evaluation: StepEvaluation, _ state: inout State, to account: inout StepAccount
    ) {
        var followsTile = [Bool](repeating: true, count: structure.ops.count)
        for region in structure.regions where structure.parts[region.opPosition] == .inner {
            let isTile = region.rate == .padded && region.rows == .tileRows && region.columns == .tileColumns
            if !isTile { followsTile[region.opPosition] = false }
        }
        let tiles = Double(evaluation.gridRows) * Double(evaluation.gridColumns)
        for (op, followsTile) in zip(structure.ops, followsTile) {
            let native = problem.nativeCost(of: op)
            if state.isComputed[op.index] { account.recomputation += native } else { account.bound += native }
            state.isComputed[op.index] = true
            if followsTile { account.smallTiles += problem[op].baseCost * tiles - native }
        }
        account.repetition =
            evaluation.compute - account.bound - account.recomputation - account.smallTiles
    }
}
