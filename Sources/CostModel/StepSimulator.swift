import TensorGraph

/// The cost of a step by walking every iteration: the reference that ``StepCost`` has to agree with.
///
/// Follows RULES 4 word by word. Demand is derived anew in each iteration, in numbers, from the outputs backwards;
/// slices are compared as ranges of elements with what the iteration just before held. Nothing is taken from the
/// symbolic demand of ``StepStructure``, so that a fault there shows as a difference.
public struct StepSimulator {
    private let hardware: Hardware
    private let members: [Member]
    /// Positions in ``members`` of the ops that write an output, each once.
    private let outputOps: [Int]
    /// The tensors that the step reads from slow memory.
    private let loads: [Tensor]
    /// Elements of all resident and all retained tensors, which stay in fast memory through the whole step.
    private let permanentElements: Double
    private let structure: StepStructure

    /// Prepares to walk a step.
    ///
    /// - Parameters:
    ///   - problem: the problem that the step is of.
    ///   - structure: the analysis of the step's ops and retained tensors.
    ///   - resident: the tensors that the previous step retains.
    /// - Complexity: O(*s*) in the number of ops and the tensors they touch.
    public init(_ problem: Problem, _ structure: StepStructure, resident: Set<TensorID>) {
        self.structure = structure
        hardware = problem.hardware
        var writers: [TensorID: Int] = [:]
        for (position, op) in structure.ops.enumerated() {
            for tensor in problem[op].outputs { writers[tensor] = position }
        }
        outputOps = Set((structure.retained + structure.evicted).compactMap { writers[$0] }).sorted()
        permanentElements = resident.union(structure.retained).reduce(0) { $0 + Double(problem[$1].size) }

        var loads: [Tensor] = []
        var loadNumbers: [TensorID: Int] = [:]
        func source(of tensor: TensorID) -> Source {
            if let writer = writers[tensor] { return .member(writer) }
            if resident.contains(tensor) { return .fastMemory }
            if let known = loadNumbers[tensor] { return .slowMemory(known) }
            loadNumbers[tensor] = loads.count
            loads.append(problem[tensor])
            return .slowMemory(loads.count - 1)
        }
        members = zip(structure.ops, structure.parts).map { id, part in
            Member(
                part: part, isReducing: problem[id].isReducing, baseCost: problem[id].baseCost,
                reduction: problem.reduction(of: id),
                inputs: zip(problem[id].inputs, problem[id].einsum.inputs).map { ($1, source(of: $0)) })
        }
        self.loads = loads
    }

    /// Walks all iterations: for each tile in order, all k-steps.
    ///
    /// - Parameters:
    ///   - granularity: one that ``StepStructure/check(_:hardware:cap:)`` accepts.
    ///   - order: a named order, or a permutation of the tiles.
    ///   - watch: told of every iteration; the walk ends early when it returns false. Nil for nobody.
    /// - Complexity: O(*iterations* x *s*) in the number of slices and regions of an iteration.
    /// - Throws: ``RuleViolation`` of rule `capacityExceeded` at the first iteration that holds too much.
    public func simulate(
        _ granularity: Granularity, order: TileOrder, watch: ((StepIteration) -> Bool)? = nil
    ) throws(RuleViolation) -> StepEvaluation {
        var evaluation = StepEvaluation()
        (evaluation.gridRows, evaluation.gridColumns) = structure.grid(granularity)
        evaluation.reductionSteps = structure.reductionSteps(depth: granularity.depth)
        let depths = evaluation.reductionSteps
        var held = [[Slice]](repeating: [], count: loads.count)
        var demand = Demand(slices: held, regions: Array(repeating: [], count: members.count))
        var computedInTile = Set<ComputedRegion>()
        for tile in order.tiles(rows: evaluation.gridRows, columns: evaluation.gridColumns) {
            let (row, column) = tile.quotientAndRemainder(dividingBy: evaluation.gridColumns)
            let rows = Span(row, of: granularity.height, within: structure.outputHeight)
            let columns = Span(column, of: granularity.width, within: structure.outputWidth)
            computedInTile.removeAll(keepingCapacity: true)
            for depth in 0..<depths {
                let isLast = depth == depths - 1
                let reduction = Span(depth, of: granularity.depth, within: structure.sinkReduction)
                derive(&demand, rows: rows, columns: columns, reduction: reduction)

                let tileElements = rows.length * columns.length
                let workingSet = workingSet(demand.slices, tileElements: tileElements, hasSeveralDepths: depths > 1)
                try Evaluator.check(workingSet, hardware)
                evaluation.peakWorkingSet = max(evaluation.peakWorkingSet, workingSet)

                evaluation.add(
                    count: 1,
                    compute: compute(demand.regions, reduction: reduction, isLast: isLast, &computedInTile),
                    loaded: Self.loadedElements(demand.slices, held: held),
                    evicted: isLast ? Double(structure.evicted.count) * tileElements : 0,
                    bandwidth: hardware.slowMemoryBandwidth)
                if let watch {
                    let iteration = StepIteration(
                        tile: tile, loaded: zip(demand.slices, held).map { Self.loadedElements([$0], held: [$1]) },
                        held: demand.slices.map { $0.reduce(0) { $0 + $1.elements } }, workingSet: workingSet,
                        soFar: evaluation)
                    guard watch(iteration) else { return evaluation }
                }
                swap(&held, &demand.slices)
            }
        }
        return evaluation
    }
}

// MARK: - The pieces of an iteration

extension StepSimulator {
    /// An op of the step, as the walk needs it.
    private struct Member {
        let part: StepStructure.Part
        let isReducing: Bool
        let baseCost: Double
        /// K of a reducing op.
        let reduction: Int
        /// How each input is read and where it comes from.
        let inputs: [(access: Access, source: Source)]
    }

    /// Where an input of an op comes from.
    private enum Source {
        /// Another op of the step, by position.
        case member(Int)
        /// A resident tensor, which costs nothing to read.
        case fastMemory
        /// A tensor to load, by its number in ``loads``.
        case slowMemory(Int)
    }

    /// The half-open range of elements from `start` to `end` along one side of a tensor.
    private struct Span: Hashable {
        let start: Int
        let end: Int

        var length: Double { Double(end - start) }

        init(whole side: Int) {
            start = 0
            end = side
        }

        /// Piece number `index` of a side cut into pieces of `length`; the last piece may be shorter.
        init(_ index: Int, of length: Int, within side: Int) {
            start = index * length
            // Not `start + length`: a depth without cap may be so large that the sum overflows.
            end = length < side - start ? start + length : side
        }
    }

    /// The role of a slice; one that covers its whole tensor serves every role (RULES 4, #70).
    private enum Role: Hashable {
        case lhs, rhs, map, full
    }

    /// A region of one tensor that an iteration holds for one role.
    private struct Slice: Hashable {
        let role: Role
        let rows: Span
        let columns: Span

        var elements: Double { rows.length * columns.length }
    }

    /// A region demanded of an op, and what decides its charge.
    private struct Region: Hashable {
        let rows: Span
        let columns: Span
        let rate: Rate

        func covers(sameAs other: Region) -> Bool { rows == other.rows && columns == other.columns }
    }

    /// How a region is charged (RULES 4, "Compute", and 7): which of its sides is a reduction of a consumer, and of
    /// what length.
    private enum Rate: Hashable {
        case neither
        case columns(Int)
        case rows(Int)
    }

    /// A region that an op has computed in the current tile.
    private struct ComputedRegion: Hashable {
        let member: Int
        let rows: Span
        let columns: Span
    }

    /// What one iteration demands.
    private struct Demand {
        /// Slices of each tensor of ``loads``.
        var slices: [[Slice]]
        /// Regions of each op, one entry per rate.
        var regions: [[Region]]
    }

    /// Derives the demand of an iteration backwards from the outputs (RULES 4, "Demand").
    private func derive(_ demand: inout Demand, rows: Span, columns: Span, reduction: Span) {
        for number in demand.slices.indices { demand.slices[number].removeAll(keepingCapacity: true) }
        for position in demand.regions.indices { demand.regions[position].removeAll(keepingCapacity: true) }
        for position in outputOps {
            demand.regions[position].append(Region(rows: rows, columns: columns, rate: .neither))
        }
        // Consumers come after producers, so an op's own demand is complete when its turn comes.
        for (position, member) in members.enumerated().reversed() {
            for region in demand.regions[position] {
                let depth = member.part == .sink ? reduction : Span(whole: member.reduction)
                for (access, source) in member.inputs {
                    let demanded = Region(
                        rows: Self.span(access.rows, region, depth), columns: Self.span(access.columns, region, depth),
                        rate: Self.rate(access, member, region.rate))
                    let role: Role = !member.isReducing ? .map : access.rows == .reduction ? .rhs : .lhs
                    want(source, demanded, as: role, &demand)
                }
            }
        }
    }

    /// What a letter stands for when an op is asked for a region.
    private static func span(_ letter: Letter, _ region: Region, _ depth: Span) -> Span {
        switch letter {
        case .row: region.rows
        case .column: region.columns
        case .reduction: depth
        case .one: Span(whole: 1)
        }
    }

    private static func rate(_ access: Access, _ member: Member, _ asked: Rate) -> Rate {
        if member.isReducing {
            return access.rows == .reduction ? .rows(member.reduction) : .columns(member.reduction)
        }
        switch asked {
        case .rows(let length) where access.rows == .row: return .rows(length)
        case .rows(let length) where access.columns == .row: return .columns(length)
        case .columns(let length) where access.rows == .column: return .rows(length)
        case .columns(let length) where access.columns == .column: return .columns(length)
        default: return .neither
        }
    }

    private func want(_ source: Source, _ region: Region, as role: Role, _ demand: inout Demand) {
        switch source {
        case .fastMemory:
            break
        case .member(let position):
            if !demand.regions[position].contains(region) { demand.regions[position].append(region) }
        case .slowMemory(let number):
            let whole = (rows: Span(whole: loads[number].height), columns: Span(whole: loads[number].width))
            if demand.slices[number].first?.role == .full {
                break
            } else if region.rows == whole.rows, region.columns == whole.columns {
                demand.slices[number].removeAll(keepingCapacity: true)
                demand.slices[number].append(Slice(role: .full, rows: whole.rows, columns: whole.columns))
            } else {
                let slice = Slice(role: role, rows: region.rows, columns: region.columns)
                if !demand.slices[number].contains(slice) { demand.slices[number].append(slice) }
            }
        }
    }

    /// Elements of the slices that the iteration just before did not hold (RULES 4, "Loads").
    private static func loadedElements(_ slices: [[Slice]], held: [[Slice]]) -> Double {
        var elements = 0.0
        for (now, before) in zip(slices, held) {
            for slice in now where !before.contains(slice) { elements += slice.elements }
        }
        return elements
    }

    /// Elements held in fast memory (RULES 4, "Working set").
    private func workingSet(_ slices: [[Slice]], tileElements: Double, hasSeveralDepths: Bool) -> Double {
        var elements = permanentElements + Double(structure.evicted.count) * tileElements
        if hasSeveralDepths {
            // Outputs accumulate in their own tiles; sinks beyond their number need tiles to accumulate in.
            elements += Double(max(0, structure.sinkCount - structure.outputCount)) * tileElements
        }
        for tensor in slices {
            for slice in tensor { elements += slice.elements }
        }
        return elements
    }

    /// Compute time of an iteration (RULES 4, "Compute").
    private func compute(
        _ regions: [[Region]], reduction: Span, isLast: Bool, _ computedInTile: inout Set<ComputedRegion>
    ) -> Double {
        var time = 0.0
        for (position, member) in members.enumerated() {
            switch member.part {
            case .sink:
                time += member.baseCost * reduction.length / Double(member.reduction)
            case .epilogue:
                if isLast { time += member.baseCost }
            case .inner:
                for region in regions[position] {
                    let computed = ComputedRegion(member: position, rows: region.rows, columns: region.columns)
                    guard computedInTile.insert(computed).inserted else { continue }
                    var dearest = 0.0
                    for other in regions[position] where other.covers(sameAs: region) {
                        dearest = max(dearest, charge(member, other))
                    }
                    time += dearest
                }
            }
        }
        return time
    }

    private func charge(_ member: Member, _ region: Region) -> Double {
        let (width, height) = (Double(hardware.nativeWidth), Double(hardware.nativeHeight))
        var tall = (region.rows.length / height).rounded(.up)
        var wide = (region.columns.length / width).rounded(.up)
        switch region.rate {
        case .neither: break
        case .rows(let length): tall = (Double(length) / height).rounded(.up) * region.rows.length / Double(length)
        case .columns(let length): wide = (Double(length) / width).rounded(.up) * region.columns.length / Double(length)
        }
        return member.baseCost * tall * wide
    }
}
