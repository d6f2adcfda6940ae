import ProblemFamilies
import TensorGraph
import TestSupport
import Testing

@testable import Scheduling

@Suite("RepeatedBlocks")
struct RepeatedBlockTests {
    /// A network of equal blocks whose ops and tensors are numbered at random.
    struct Blocks {
        let problem: Problem
        /// Ops of each block, in the same order.
        let ops: [[OpID]]

        init(_ family: ProblemFamily, count: Int, seed: UInt64) throws {
            var options = GeneratorOptions()
            (options.ops, options.heads, options.width, options.rows) = (1, 4, 256, 256)
            let size = try family.problem(options).ops.count
            options.ops = count * size
            let plain = try family.problem(options)
            var random = RandomSource(seed: seed)
            let places = plain.ops.indices.shuffled(using: &random)
            let names = plain.tensors.indices.shuffled(using: &random)
            var ops = plain.ops
            for (index, op) in plain.ops.enumerated() {
                // Costs of Pointwise ops are drawn at random; those of the first block are those of all.
                ops[places[index]] = op.with(
                    inputs: op.inputs.map { TensorID(names[$0.index]) },
                    outputs: op.outputs.map { TensorID(names[$0.index]) }, baseCost: plain.ops[index % size].baseCost)
            }
            var tensors = plain.tensors
            for (index, tensor) in plain.tensors.enumerated() { tensors[names[index]] = tensor }
            problem = try Problem(tensors: tensors, ops: ops, hardware: plain.hardware)
            self.ops = (0..<count).map { block in (0..<size).map { OpID(places[block * size + $0]) } }
        }
    }

    /// True when the ops of the one place are those of the other, op by op, and hand on tensors in the same way.
    private func isAlike(_ here: [OpID], _ there: [OpID], _ problem: Problem) -> Bool {
        guard here.count == there.count, Set(there).count == there.count else { return false }
        var names: [TensorID: TensorID] = [:]
        return zip(here, there).allSatisfy { a, b in
            let (left, right) = (problem[a], problem[b])
            guard left.kind == right.kind, left.baseCost == right.baseCost, left.inputs.count == right.inputs.count,
                left.outputs.count == right.outputs.count
            else { return false }
            return zip(left.inputs + left.outputs, right.inputs + right.outputs).allSatisfy { tensor, other in
                let known = names[tensor]
                names[tensor] = other
                return problem[tensor] == problem[other] && (known ?? other) == other
            }
        }
    }

    @Test(
        "finds a block of a network in all blocks but those next to its ends",
        arguments: [ProblemFamily.swiglu, .ffn])
    func wholeBlocks(family: ProblemFamily) throws {
        let blocks = try Blocks(family, count: 8, seed: 71)
        let map = RepeatedBlocks(blocks.problem)
        let inner = blocks.ops[3]
        let repeats = map.repeats(of: inner, limit: 100)
        for found in repeats { #expect(isAlike(inner, found, blocks.problem)) }
        let places = Set(repeats.map(Set.init))
        for block in [2, 4] { #expect(places.contains(Set(blocks.ops[block])), "block \(block)") }
    }

    @Test("finds parts of a block in all blocks but those next to the ends", arguments: [ProblemFamily.swiglu, .ffn])
    func parts(family: ProblemFamily) throws {
        let blocks = try Blocks(family, count: 7, seed: 72)
        let map = RepeatedBlocks(blocks.problem)
        let problem = blocks.problem
        let size = blocks.ops[0].count
        for start in 0..<size - 2 {
            // Ops that are numbered one after the other follow each other in a block, more or less.
            let part = (start..<min(size, start + 4)).map { blocks.ops[3][$0] }
            guard isConnected(part, problem) else { continue }
            let repeats = map.repeats(of: part, limit: 100)
            for found in repeats { #expect(isAlike(part, found, problem)) }
            let places = Set(repeats.map(Set.init))
            for block in [2, 4] {
                let other = (start..<min(size, start + 4)).map { blocks.ops[block][$0] }
                #expect(places.contains(Set(other)), "ops \(start)... of block \(block)")
            }
        }
    }

    @Test("says nothing of a graph in which no two ops are alike")
    func irregular() throws {
        var options = GeneratorOptions()
        options.ops = 60
        let plain = try ProblemFamily.random.problem(options)
        var ops = plain.ops
        for index in ops.indices {
            ops[index] = ops[index].with(
                inputs: ops[index].inputs, outputs: ops[index].outputs,
                baseCost: Double(100 + index))
        }
        let problem = try Problem(tensors: plain.tensors, ops: ops, hardware: plain.hardware)
        let map = RepeatedBlocks(problem)
        for op in problem.opIDs {
            #expect(map.repeats(of: [op], limit: 10).isEmpty)
            let readers = problem[op].outputs.flatMap { problem.graph.readers[$0.index] }
            #expect(map.repeats(of: [op] + readers.prefix(1), limit: 10).isEmpty)
        }
    }

    @Test("names only places that are alike, whatever the graph", arguments: ProblemFamily.allCases)
    func places(family: ProblemFamily) throws {
        var options = GeneratorOptions()
        (options.ops, options.width, options.rows) = (80, 256, 256)
        let problem = try family.problem(options)
        let map = RepeatedBlocks(problem)
        let steps = StepGenerator(problem)
        var random = RandomSource(seed: 73)
        for op in problem.opIDs {
            let ops = steps.connectedOps(around: op, count: Int.random(in: 1...8, using: &random), using: &random)
            for found in map.repeats(of: ops, limit: 20) {
                #expect(isAlike(ops, found, problem), "\(ops) are not like \(found)")
            }
            #expect(map.repeats(of: ops, limit: 1).count <= 1)
        }
    }

    private func isConnected(_ ops: [OpID], _ problem: Problem) -> Bool {
        var open = ops
        guard let first = open.popLast() else { return false }
        func touched(_ op: OpID) -> [TensorID] { problem[op].inputs + problem[op].outputs }
        var reached = Set(touched(first))
        while let index = open.firstIndex(where: { touched($0).contains(where: reached.contains) }) {
            reached.formUnion(touched(open.remove(at: index)))
        }
        return open.isEmpty
    }
}
