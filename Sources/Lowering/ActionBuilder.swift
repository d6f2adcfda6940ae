import TensorGraph

/// Decides where the results of a step's ops go, and lists what an iteration computes.
///
/// Ops inside the step write to ephemeral buffers, epilogues and sinks to the step's outputs. A sink with several
/// k-steps accumulates in the tile of its own output; if that is ephemeral, in the tile of an output that is not there
/// yet, which is the case until the last k-step for all that no sink writes; and only then in a tile of its own. So
/// there is one tile more for each sink beyond the number of outputs, as RULES 4 counts it. In the last k-step what was
/// accumulated elsewhere is copied to its ephemeral buffer before the epilogue writes the outputs.
struct ActionBuilder {
    private let demand: StepDemand
    private let problem: Problem
    private(set) var tiles: [TileBuffer] = []
    private(set) var ephemeral: [EphemeralBuffer] = []
    private(set) var actions: [Action] = []

    private var outputPlace: [TensorID: Place] = [:]
    private var numbers: [TensorID: [PlanRegion: Int]] = [:]
    /// Outputs whose place a sink borrows until the last k-step.
    private var lent = Set<TensorID>()
    private var accumulator: [Int: Place] = [:]

    init(_ demand: StepDemand, retained: Set<TensorID>, problem: Problem) {
        self.demand = demand
        self.problem = problem
        for tensor in demand.outputs {
            if retained.contains(tensor) {
                outputPlace[tensor] = .retained(tensor)
            } else {
                outputPlace[tensor] = .tile(tiles.count)
                tiles.append(TileBuffer(purpose: .output(tensor)))
            }
        }
        if demand.loops.reductionSteps > 1 { assignAccumulators() }
        addActions()
    }

    private func outputs(of position: Int) -> [TensorID] { problem[demand.ops[position]].outputs }

    private mutating func assignAccumulators() {
        let sinks = demand.ops.indices.filter { demand.parts[$0] == .sink }
        let ownOutputs = Set(sinks.flatMap(outputs))
        // Places that an epilogue writes come first: nothing has to be copied into them.
        let epilogues = demand.ops.indices.filter { demand.parts[$0] == .epilogue }
        let writtenLast = Set(epilogues.flatMap(outputs))
        let free = demand.outputs.filter { !ownOutputs.contains($0) }
        var places = free.filter(writtenLast.contains) + free.filter { !writtenLast.contains($0) }
        for sink in sinks {
            if let own = outputs(of: sink).first.flatMap({ outputPlace[$0] }) {
                accumulator[sink] = own
            } else if !places.isEmpty {
                let tensor = places.removeFirst()
                lent.insert(tensor)
                accumulator[sink] = outputPlace[tensor]
            } else {
                accumulator[sink] = .tile(tiles.count)
                tiles.append(TileBuffer(purpose: .accumulator(demand.ops[sink])))
            }
        }
    }

    private mutating func ephemeralNumber(_ tensor: TensorID, _ region: PlanRegion) -> Int {
        if let known = numbers[tensor]?[region] { return known }
        let size = demand.loops.largest(region, of: problem[tensor])
        ephemeral.append(EphemeralBuffer(tensor: tensor, region: region, size: size))
        numbers[tensor, default: [:]][region] = ephemeral.count - 1
        return ephemeral.count - 1
    }

    private mutating func addActions() {
        let tile = demand.loops.tile
        let positions = demand.ops.indices
        for position in positions where demand.parts[position] != .epilogue {
            for region in demand.regions[position] { addComputation(position, region) }
        }
        var copies: [Action] = []
        for sink in positions {
            guard let place = accumulator[sink], let tensor = outputs(of: sink).first else { continue }
            guard demand.internal.contains(tensor) else { continue }
            copies.append(.copy(tensor, from: place, to: .ephemeral(ephemeralNumber(tensor, tile)), .last))
        }
        actions += copies
        for position in positions where demand.parts[position] == .epilogue { addComputation(position, tile) }
        for position in positions where demand.parts[position] == .inner {
            for tensor in outputs(of: position) where lent.contains(tensor) {
                guard let place = outputPlace[tensor] else { continue }
                actions.append(.copy(tensor, from: .ephemeral(ephemeralNumber(tensor, tile)), to: place, .last))
            }
        }
    }

    private mutating func addComputation(_ position: Int, _ region: PlanRegion) {
        let op = problem[demand.ops[position]]
        let part = demand.parts[position]
        let accumulates = accumulator[position] != nil
        var sources: [Source] = []
        var regions: [PlanRegion] = []
        for (tensor, access) in zip(op.inputs, op.einsum.inputs) {
            var read = demand.inputRegion(access, of: position, at: region)
            let role = PlanSlice.Role(access, isReducing: op.isReducing)
            let source = demand.outside(tensor, read, role) ?? .ephemeral(ephemeralNumber(tensor, read))
            switch source {
            case .slice(let number): read = demand.slices[number].region
            case .resident: read = PlanRegion(rows: .whole, columns: .whole)
            case .ephemeral: break
            }
            sources.append(source)
            regions.append(read)
        }
        let isTile = region == demand.loops.tile
        var targets: [Place] = []
        if let place = accumulator[position] {
            targets = [place]
        } else {
            for tensor in op.outputs {
                let place = isTile ? outputPlace[tensor] : nil
                // A place that is lent is written last.
                let isDirect = part == .epilogue || !lent.contains(tensor)
                if let place, isDirect { targets.append(place) }
                if demand.internal.contains(tensor) || place != nil && !isDirect {
                    targets.append(.ephemeral(ephemeralNumber(tensor, region)))
                }
            }
        }
        actions.append(
            .compute(
                Computation(
                    op: demand.ops[position], region: region,
                    phase: part == .epilogue ? .last : part == .sink || region.followsReduction ? .each : .first,
                    accumulates: accumulates,
                    reduction: op.isReducing ? (part == .sink ? demand.loops.canonical(.reduction) : .whole) : nil,
                    sources: sources, sourceRegions: regions, targets: targets)))
    }
}
