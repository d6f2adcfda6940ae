import TensorGraph

/// Which part of one side of a tensor is demanded, in symbols; what ``DemandKind`` is made of.
///
/// A side that follows the rows or columns of the tile, a k-range of the sinks, or all of it. Where a range of tile
/// counts has one tile row (column, k-step), what follows it is ``whole``.
enum SideExtent {
    static let tileRows = 0
    static let tileColumns = 1
    static let reduction = 2
    static let whole = 3
}

/// A pair of extents, rows then columns, as a number below 16: `rows * 4 + columns`.
enum DemandKind {
    static let count = 16
    static let tile = 1
    static let full = 15

    @inline(__always) static func rows(_ kind: Int) -> Int { kind >> 2 }
    @inline(__always) static func columns(_ kind: Int) -> Int { kind & 3 }
    /// Which sides are whole. Regions of one op that differ here differ in every iteration, because an extent that is
    /// not whole has at least two ranges.
    @inline(__always) static func wholeness(_ kind: Int) -> Int {
        (kind >> 2 == SideExtent.whole ? 2 : 0) | (kind & 3 == SideExtent.whole ? 1 : 0)
    }
}

/// A problem's graph in flat arrays for the pricing search, immutable after its creation.
///
/// Ops have *numbers*, producers before consumers, depth first so that related ops are close. *Slots* are the inputs of
/// all ops in a row.
final class PricingGraph: @unchecked Sendable {
    let problem: Problem
    let opCount: Int
    let tensorCount: Int
    let slotCount: Int
    /// Words of a set of ops.
    let words: Int
    /// The op of each number, and the number of each op.
    let opOfNumber: [OpID]
    let numberOfOp: [Int]

    /// Slots of op o: from `slotStart[o]` to `slotStart[o + 1]`.
    let slotStart: UnsafeMutablePointer<Int>
    /// Tensor, letters (as in ``letter(_:)``) and role (0 map, 1 LHS, 2 RHS) of each slot, and the op that reads by it.
    let slotTensor: UnsafeMutablePointer<Int>
    let slotRows: UnsafeMutablePointer<UInt8>
    let slotColumns: UnsafeMutablePointer<UInt8>
    let slotRole: UnsafeMutablePointer<UInt8>
    let slotOp: UnsafeMutablePointer<Int>
    /// True when the slot is read element by element by a map.
    let isElementwise: UnsafeMutablePointer<Bool>
    /// Output tensors of op o.
    let outputStart: UnsafeMutablePointer<Int>
    let outputTensor: UnsafeMutablePointer<Int>
    /// Slots that read tensor t.
    let readerStart: UnsafeMutablePointer<Int>
    let readerSlot: UnsafeMutablePointer<Int>
    /// Number of the op that writes each tensor, -1 if none.
    let producer: UnsafeMutablePointer<Int>
    let width: UnsafeMutablePointer<Double>
    let height: UnsafeMutablePointer<Double>
    let size: UnsafeMutablePointer<Double>
    let isReducing: UnsafeMutablePointer<Bool>
    /// K of a reducing op, 1 of a map.
    let reduction: UnsafeMutablePointer<Double>
    let baseCost: UnsafeMutablePointer<Double>
    /// For each op the set of ops that share a tensor with it, and the set of itself and all upstream of it.
    let neighbours: UnsafeMutablePointer<UInt64>
    let upstream: UnsafeMutablePointer<UInt64>

    let capacity: Double
    let bandwidth: Double
    let nativeWidth: Double
    let nativeHeight: Double

    init(_ problem: Problem) {
        self.problem = problem
        opCount = problem.ops.count
        tensorCount = problem.tensors.count
        words = max(1, (opCount + 63) / 64)
        let order = Self.depthFirstOrder(problem)
        opOfNumber = order
        var numbers = [Int](repeating: 0, count: order.count)
        for (number, op) in order.enumerated() { numbers[op.index] = number }
        numberOfOp = numbers
        let hardware = problem.hardware
        capacity = Double(hardware.fastMemoryCapacity)
        bandwidth = hardware.slowMemoryBandwidth
        nativeWidth = Double(hardware.nativeWidth)
        nativeHeight = Double(hardware.nativeHeight)

        slotCount = problem.ops.reduce(0) { $0 + $1.inputs.count }
        slotStart = .filled(opCount + 1, 0)
        slotTensor = .filled(slotCount, 0)
        slotRows = .filled(slotCount, 0)
        slotColumns = .filled(slotCount, 0)
        slotRole = .filled(slotCount, 0)
        slotOp = .filled(slotCount, 0)
        isElementwise = .filled(slotCount, false)
        outputStart = .filled(opCount + 1, 0)
        outputTensor = .filled(problem.ops.reduce(0) { $0 + $1.outputs.count }, 0)
        readerStart = .filled(tensorCount + 1, 0)
        readerSlot = .filled(slotCount, 0)
        producer = .filled(tensorCount, -1)
        width = .filled(tensorCount, 0)
        height = .filled(tensorCount, 0)
        size = .filled(tensorCount, 0)
        isReducing = .filled(opCount, false)
        reduction = .filled(opCount, 1)
        baseCost = .filled(opCount, 0)
        neighbours = .filled(opCount * words, 0)
        upstream = .filled(opCount * words, 0)
        fillTensors()
        fillOps()
        fillReaders()
        fillSets()
    }

    deinit {
        slotStart.deallocate()
        slotTensor.deallocate()
        slotRows.deallocate()
        slotColumns.deallocate()
        slotRole.deallocate()
        slotOp.deallocate()
        isElementwise.deallocate()
        outputStart.deallocate()
        outputTensor.deallocate()
        readerStart.deallocate()
        readerSlot.deallocate()
        producer.deallocate()
        width.deallocate()
        height.deallocate()
        size.deallocate()
        isReducing.deallocate()
        reduction.deallocate()
        baseCost.deallocate()
        neighbours.deallocate()
        upstream.deallocate()
    }

    /// A letter as an index: row, column, reduction and one are 0 to 3, as the extents are.
    static func letter(_ letter: Letter) -> UInt8 {
        switch letter {
        case .row: 0
        case .column: 1
        case .reduction: 2
        case .one: 3
        }
    }

    private static func depthFirstOrder(_ problem: Problem) -> [OpID] {
        var order: [OpID] = []
        var isVisited = [Bool](repeating: false, count: problem.ops.count)
        for start in problem.graph.topologicalOrder where !isVisited[start.index] {
            isVisited[start.index] = true
            var stack = [(op: start, next: 0)]
            while let (op, next) = stack.last {
                let inputs = problem[op].inputs
                guard next < inputs.count else {
                    order.append(op)
                    stack.removeLast()
                    continue
                }
                stack[stack.count - 1].next += 1
                if let producer = problem.graph.producers[inputs[next].index], !isVisited[producer.index] {
                    isVisited[producer.index] = true
                    stack.append((producer, 0))
                }
            }
        }
        return order
    }
}

// MARK: - Filling

extension PricingGraph {
    private func fillTensors() {
        for (index, tensor) in problem.tensors.enumerated() {
            (width[index], height[index], size[index]) = (
                Double(tensor.width), Double(tensor.height), Double(tensor.size)
            )
            if let op = problem.graph.producers[index] { producer[index] = numberOfOp[op.index] }
        }
    }

    private func fillOps() {
        var slot = 0
        var output = 0
        for (number, id) in opOfNumber.enumerated() {
            let op = problem[id]
            slotStart[number] = slot
            outputStart[number] = output
            isReducing[number] = op.isReducing
            reduction[number] = Double(problem.reduction(of: id))
            baseCost[number] = op.baseCost
            for (tensor, access) in zip(op.inputs, op.einsum.inputs) {
                slotTensor[slot] = tensor.index
                slotRows[slot] = Self.letter(access.rows)
                slotColumns[slot] = Self.letter(access.columns)
                slotRole[slot] = !op.isReducing ? 0 : access.rows == .reduction ? 2 : 1
                slotOp[slot] = number
                isElementwise[slot] = !op.isReducing && access == .elementwise
                slot += 1
            }
            for tensor in op.outputs {
                outputTensor[output] = tensor.index
                output += 1
            }
        }
        slotStart[opCount] = slot
        outputStart[opCount] = output
    }

    private func fillReaders() {
        var lists = [[Int]](repeating: [], count: tensorCount)
        for slot in 0..<slotCount { lists[slotTensor[slot]].append(slot) }
        var next = 0
        for tensor in 0..<tensorCount {
            readerStart[tensor] = next
            for slot in lists[tensor] {
                readerSlot[next] = slot
                next += 1
            }
        }
        readerStart[tensorCount] = next
    }

    private func fillSets() {
        for tensor in 0..<tensorCount {
            var touching: [Int] = (readerStart[tensor]..<readerStart[tensor + 1]).map { slotOp[readerSlot[$0]] }
            if producer[tensor] >= 0 { touching.append(producer[tensor]) }
            var all = [UInt64](repeating: 0, count: words)
            for op in touching { all[op >> 6] |= 1 << UInt64(op & 63) }
            for op in touching {
                for word in 0..<words { neighbours[op * words + word] |= all[word] }
            }
        }
        for op in 0..<opCount {
            neighbours[op * words + op >> 6] &= ~(1 << UInt64(op & 63))
            upstream[op * words + op >> 6] |= 1 << UInt64(op & 63)
            for slot in slotStart[op]..<slotStart[op + 1] {
                let before = producer[slotTensor[slot]]
                guard before >= 0 else { continue }
                for word in 0..<words { upstream[op * words + word] |= upstream[before * words + word] }
            }
        }
    }
}

extension UnsafeMutablePointer {
    /// Memory for `count` values, all set to one.
    static func filled(_ count: Int, _ value: Pointee) -> UnsafeMutablePointer {
        let pointer = UnsafeMutablePointer.allocate(capacity: Swift.max(1, count))
        pointer.initialize(repeating: value, count: Swift.max(1, count))
        return pointer
    }
}
