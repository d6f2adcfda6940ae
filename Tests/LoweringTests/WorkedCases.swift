import CostModel
import Lowering
import TensorGraph
import TestSupport

/// The examples of RULES 5 that are valid, in the order of the table.
enum WorkedCases {
    static func all() throws -> [PlanCase] {
        var cases: [PlanCase] = []
        func add(_ problem: Problem, _ steps: Step...) throws {
            cases.append(try PlanCase(Schedule(steps: steps), problem: problem, seed: UInt64(cases.count)))
        }
        let (whole, small) = ((128, 128, 1), (64, 64, 1))
        for side in [128, 256] {
            let pair = try Fixtures.pointwisePair(side: side)
            try add(pair, Step([0], whole), Step([1], whole))
            try add(pair, Step([0, 1], whole))
            try add(pair, Step([0, 1], small))
        }
        let diamond = try Fixtures.diamond()
        try add(diamond, Step([0], whole), Step([1], whole), Step([2], whole))
        try add(diamond, Step([0, 1], whole, keeping: [2]), Step([0, 2], whole))
        try add(diamond, Step([0], whole, keeping: [1]), Step([1, 2], whole))
        let product = try Fixtures.matMul()
        try add(product, Step([0], (64, 64, 128)))
        try add(product, Step([0], (64, 64, 128), order: .permutation([0, 1, 3, 2])))
        try add(try Fixtures.foldedPair(), Step([0, 1], (128, 128, 32)))
        try add(try Fixtures.matMulWithEpilogue(), Step([0, 1], (128, 128, 32)))
        try add(try Fixtures.foldedThroughPointwise(), Step([0, 1, 2], (128, 128, 32)))
        return cases
    }

    /// The examples of RULES 7 that are valid.
    static func general() throws -> [PlanCase] {
        var cases: [PlanCase] = []
        func add(_ problem: Problem, _ steps: Step...) throws {
            cases.append(try PlanCase(Schedule(steps: steps), problem: problem, seed: UInt64(100 + cases.count)))
        }
        let (whole, sums) = ((128, 128, 1), (1, 128, 128))
        for (capacity, size) in [(25000, (64, 64, 64)), (40000, (128, 128, 32))] {
            var graph = GraphBuilder()
            _ = try graph.einsum("ik,jk->ij", [graph.tensor(64, 128), graph.tensor(64, 128)], cost: 1500)
            try add(graph.problem(capacity: capacity), Step([0], size))
        }
        var turned = GraphBuilder()
        _ = try turned.einsum("ji->ij", [turned.tensor(128, 256)], cost: 100)
        try add(turned.problem(capacity: 50000), Step([0], whole))

        let softmax = try Self.softmax(capacity: 200_000)
        try add(softmax, Step([0], sums), Step([1], whole), Step([2], sums), Step([3], whole))
        try add(
            softmax, Step([0], sums, keeping: [1]), Step([1], whole), Step([2], sums, keeping: [3]), Step([3], whole))
        try add(softmax, Step([0, 1, 2, 3], whole))
        try add(softmax, Step([0, 1, 2, 3], (128, 32, 1)))
        try add(softmax, Step([0, 1], whole, keeping: [2]), Step([2, 3], whole))
        try add(Self.softmax(capacity: 60000), Step([0, 1], (128, 64, 1)), Step([2, 3], (128, 64, 1)))

        var biased = GraphBuilder()
        let product = biased.matMul(biased.tensor(128, 128), biased.tensor(128, 128), cost: 2000)
        _ = try biased.einsum("ij,1j->ij", [product, biased.tensor(128, 1)], cost: 100)
        try add(biased.problem(capacity: 50000), Step([0, 1], (128, 128, 32)))
        var before = GraphBuilder()
        let flipped = try before.einsum("ji->ij", [before.tensor(128, 128)], cost: 100)[0]
        _ = before.matMul(flipped, before.tensor(128, 128), cost: 2000)
        try add(before.problem(capacity: 50000), Step([0, 1], (128, 128, 32)))
        var after = GraphBuilder()
        let result = after.matMul(after.tensor(128, 128), after.tensor(128, 128), cost: 2000)
        _ = try after.einsum("ji->ij", [result], cost: 100)
        try add(after.problem(capacity: 60000), Step([0, 1], (128, 128, 128)))
        try add(after.problem(capacity: 60000), Step([0, 1], (128, 64, 1)))
        return cases
    }

    private static func softmax(capacity: Int) throws -> Problem {
        var graph = GraphBuilder()
        let scores = graph.tensor(512, 128)
        let largest = try graph.einsum("ik->i1", [scores], cost: 400)[0]
        let powers = try graph.einsum("ij,i1->ij", [scores, largest], cost: 100)[0]
        let sums = try graph.einsum("ik->i1", [powers], cost: 400)[0]
        _ = try graph.einsum("ij,i1->ij", [powers, sums], cost: 100)
        return try graph.problem(capacity: capacity)
    }
}
