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
}
