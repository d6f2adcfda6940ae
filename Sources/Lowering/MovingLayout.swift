import TensorGraph

/// Places slices and tiles where some slices coincide in some iterations only, so that no buffer has one address for
/// all.
///
/// A slice keeps its address for as long as consecutive iterations hold it, whichever op asks for it. Everything that
/// is held for some consecutive iterations is an *item*; ways to place the items are tried from the simplest on.
struct MovingLayout {
    private let plan: StepPlan
    private let groups: [[Int]]
    private let room: Range<Int>
    private let problem: Problem
    private let buffers: Int
    /// For each iteration the item that each buffer is.
    private var itemOfBuffer: [Int] = []
    private var items: [Item] = []

    /// Iterations that are placed one by one at most.
    static let maximumIterations = 1 << 20

    struct Item {
        var size: Int
        var first: Int
        var last: Int
        var buffer: Int
        var address = -1
    }

    private struct SliceKey: Hashable {
        let tensor: TensorID
        let role: PlanSlice.Role
        let block: Block
    }

    init(_ plan: StepPlan, groups: [[Int]], room: Range<Int>, problem: Problem) throws(LoweringError) {
        self.plan = plan
        self.groups = groups
        self.room = room
        self.problem = problem
        buffers = plan.slices.count + plan.tiles.count
        guard let count = plan.loops.iterations, count <= Self.maximumIterations else {
            throw LoweringError("has more iterations than the \(Self.maximumIterations) that are placed one by one")
        }
        collectItems(count)
    }

    private mutating func collectItems(_ count: Int) {
        itemOfBuffer.reserveCapacity(count * buffers)
        var held: [SliceKey: Int] = [:]
        var tileItems: [Int] = []
        plan.loops.forEach { iteration in
            var now: [SliceKey: Int] = [:]
            for (number, slice) in plan.slices.enumerated() {
                let block = plan.loops.block(slice.region, of: problem[slice.tensor], at: iteration)
                let key = SliceKey(tensor: slice.tensor, role: slice.role, block: block)
                let item = now[key] ?? held[key] ?? items.count
                if item == items.count {
                    items.append(
                        Item(size: block.size, first: iteration.index, last: iteration.index, buffer: number))
                }
                items[item].last = iteration.index
                now[key] = item
                itemOfBuffer.append(item)
            }
            held = now
            if iteration.depth == 0 {
                tileItems = plan.tiles.indices.map { number in
                    items.append(
                        Item(
                            size: plan.tileBlock(at: iteration).size, first: iteration.index, last: iteration.index,
                            buffer: plan.slices.count + number))
                    return items.count - 1
                }
            }
            for item in tileItems { items[item].last = iteration.index }
            itemOfBuffer += tileItems
        }
    }

    func layout() throws(LoweringError) -> StepLayout {
        guard let placed = slotted() ?? swept(longestFirst: true) ?? swept(longestFirst: false) ?? greedy() else {
            throw LoweringError(
                "slices that coincide in some iterations only leave no room for one that is new; no way was found to "
                    + "place all without moving one (capacity \(problem.hardware.fastMemoryCapacity))")
        }
        return .byIteration(itemOfBuffer.map { placed[$0].address }, buffers: buffers)
    }

    /// Fixed slots for all but the slices that coincide, which share what is left: a new one goes to the end of the
    /// room that is free.
    private func slotted() -> [Item]? {
        let moving = Set(groups.joined())
        var slot = [Int](repeating: 0, count: buffers)
        var next = room.upperBound
        for buffer in slot.indices where !moving.contains(buffer) {
            next -=
                buffer < plan.slices.count
                ? plan.loops.largest(plan.slices[buffer].region, of: problem[plan.slices[buffer].tensor])
                : plan.tileBlock(at: LoopNest.Iteration()).size
            slot[buffer] = next
        }
        guard next >= room.lowerBound else { return nil }
        var items = items
        for item in items.indices where !moving.contains(items[item].buffer) {
            items[item].address = slot[items[item].buffer]
        }
        return Sweep(items, room: room.lowerBound..<next) { moving.contains($0.buffer) }.placed { $0.size > $1.size }
    }

    /// All items in one room, those that live longer from the low end and the others from the high end.
    private func swept(longestFirst: Bool) -> [Item]? {
        Sweep(items, room: room) { _ in true }.placed {
            longestFirst ? ($0.last, $0.size) > ($1.last, $1.size) : ($0.size, $0.last) > ($1.size, $1.last)
        }
    }

    /// Items by falling size or lifetime, each at the lowest address that is free for as long as it lives; then in
    /// orders drawn at random from a fixed seed.
    private func greedy() -> [Item]? {
        guard items.count <= 2000 else { return nil }
        let bySize = items.indices.sorted { (items[$0].size, $1) > (items[$1].size, $0) }
        let byLife = items.indices.sorted {
            (items[$0].last - items[$0].first, items[$0].size) > (items[$1].last - items[$1].first, items[$1].size)
        }
        var orders = [bySize, byLife]
        var state: UInt64 = 1
        let tries = items.count <= 200 ? 400 : 20
        while orders.count < tries {
            var order = orders[orders.count % 2]
            // Neighbours change places now and then.
            for place in order.indices.dropLast() {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                if state >> 62 == 0 { order.swapAt(place, place + 1 + Int(state >> 33) % (order.count - place - 1)) }
            }
            orders.append(order)
        }
        for order in orders {
            if let placed = greedy(in: order) { return placed }
        }
        return nil
    }

    private func greedy(in order: [Int]) -> [Item]? {
        var items = items
        var placed: [Int] = []
        for number in order {
            let item = items[number]
            let conflicts = placed.filter { items[$0].last >= item.first && items[$0].first <= item.last }
                .sorted { items[$0].address < items[$1].address }
            var address = room.lowerBound
            for other in conflicts {
                if items[other].address - address >= item.size { break }
                address = max(address, items[other].address + items[other].size)
            }
            guard address + item.size <= room.upperBound else { return nil }
            items[number].address = address
            placed.append(number)
        }
        return items
    }
}

/// Places items in the order in which their lives begin, each at one end of a hole between those that live.
private struct Sweep {
    private var items: [MovingLayout.Item]
    private let room: Range<Int>
    private let included: [Int]

    init(_ items: [MovingLayout.Item], room: Range<Int>, where isIncluded: (MovingLayout.Item) -> Bool) {
        self.items = items
        self.room = room
        included = items.indices.filter { isIncluded(items[$0]) }
    }

    /// The items with addresses; nil if one does not fit.
    func placed(before: (MovingLayout.Item, MovingLayout.Item) -> Bool) -> [MovingLayout.Item]? {
        var items = items
        var live: [Int] = []
        var start = included.startIndex
        while start < included.endIndex {
            let time = items[included[start]].first
            var end = start
            while end < included.endIndex, items[included[end]].first == time { end += 1 }
            live.removeAll { items[$0].last < time }
            let new = included[start..<end].sorted { before(items[$0], items[$1]) }
            for (rank, number) in new.enumerated() {
                let size = items[number].size
                let holes = Self.holes(live.map { items[$0] }, room).filter { $0.count >= size }
                guard let low = holes.first, let high = holes.last else { return nil }
                // The outer ends of the room first; what is new and lives longest goes low, the others high.
                let isLow = low.lowerBound == room.lowerBound && (rank == 0 || high.upperBound != room.upperBound)
                items[number].address = isLow ? low.lowerBound : high.upperBound - size
                live.append(number)
            }
            start = end
        }
        return items
    }

    private static func holes(_ live: [MovingLayout.Item], _ room: Range<Int>) -> [Range<Int>] {
        var holes: [Range<Int>] = []
        var next = room.lowerBound
        for item in live.sorted(by: { $0.address < $1.address }) {
            if item.address > next { holes.append(next..<item.address) }
            next = max(next, item.address + item.size)
        }
        if next < room.upperBound { holes.append(next..<room.upperBound) }
        return holes
    }
}
