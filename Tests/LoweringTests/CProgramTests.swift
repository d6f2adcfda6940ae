import CostModel
import Foundation
import Lowering
import Scheduling
import TensorGraph
import TestSupport
import Testing

/// Code made of plans: it compiles without a warning, computes the right thing and moves what the cost model says.
@Suite("C programs", .enabled(if: CBatch.compiler.isInstalled, CBatch.compiler.absence))
struct CProgramTests {
    @Test("Run the examples of RULES 5 and 7, some with sanitizers too", arguments: [false, true])
    func workedExamples(_ isSanitized: Bool) throws {
        let cases = try WorkedCases.all() + WorkedCases.general()
        // The last ones have products, folded ones and epilogues.
        if isSanitized {
            try CBatch.check(cases.suffix(6), flags: CBatch.flags + CBatch.sanitizers)
        } else {
            try CBatch.check(cases)
        }
    }

    /// The first twenty of them meet every special case.
    private static let randomSeeds = 120..<(120 + UInt64(Effort.cases(20, thorough: 40)))

    @Test("Run random valid schedules", .tags(.slow))
    func randomSchedules() throws {
        let random = try RandomCases(seeds: Self.randomSeeds)
        #expect(random.withoutPlan == [])
        random.expectAllMet()
        try CBatch.check(random.cases)
    }

    @Test("Run random valid schedules of general ops", .tags(.slow))
    func generalOps() throws {
        let random = try RandomCases(seeds: Self.randomSeeds, variety: .general)
        #expect(random.withoutPlan == [])
        for what in ["transposed read", "broadcast", "reducing op behind another"] {
            #expect((random.met[what] ?? 0) > 0, "\(what) was never met")
        }
        try CBatch.check(random.cases)
    }

    @Test("Run random valid schedules without undefined behaviour", .tags(.slow))
    func sanitizedSchedules() throws {
        let seeds = 300..<(300 + UInt64(Effort.cases(4, thorough: 8)))
        try CBatch.check(RandomCases(seeds: seeds).cases, flags: CBatch.flags + CBatch.sanitizers)
    }

    @Test("Run the list scheduler's schedules of our own problems that compute in a moment", .tags(.slow))
    func ownProblems() throws {
        let folder = ExternalFiles.packageRoot.appendingPathComponent("benchmarks/problems")
        var cases: [PlanCase] = []
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() {
            let problem = try ProblemFile.read(folder.appendingPathComponent(name).path)
            let work = problem.opIDs.reduce(0.0) { sum, op in
                sum + Double(problem[problem[op].outputs[0]].size) * Double(problem.reduction(of: op))
            }
            guard work < 3e8, problem.ops.count <= 20 else { continue }
            cases.append(try PlanCase(ListScheduler(problem).schedule(), problem: problem, seed: UInt64(cases.count)))
        }
        #expect(cases.count >= 3)
        try CBatch.check(cases)
    }

    @Test("Apply functions by name")
    func functions() throws {
        let names = ["exp", "Sub", "mul", "div", "max", "relu", "gelu", "tanh", "rsqrt", "pow", "no such function"]
        var tensors = [Tensor(width: 5, height: 7), Tensor(width: 5, height: 7)]
        var ops: [Op] = []
        for name in names {
            tensors.append(Tensor(width: 5, height: 7))
            let last = TensorID(tensors.count - 2)
            ops.append(
                Op(
                    .pointwise(inputs: 2), inputs: [last, TensorID(0)], outputs: [TensorID(tensors.count - 1)],
                    baseCost: 1, name: "a */ \(name)", function: name))
        }
        let problem = try Problem(
            tensors: tensors, ops: ops,
            hardware: Hardware(fastMemoryCapacity: 60, slowMemoryBandwidth: 1, nativeWidth: 4, nativeHeight: 4))
        let single = Schedule(steps: ops.indices.map { Step([$0], (4, 3, 1)) })
        let fused = Schedule(steps: [Step(Array(ops.indices), (3, 4, 1))])
        let cases = try [single, fused].map { try PlanCase($0, problem: problem) }
        #expect(CProgram(cases[0].plan, title: "x").opsOfUnknownFunction == [OpID(ops.count - 1)])
        #expect(cases[0].cText.contains("f_exp("))
        try CBatch.check(cases)
    }

    @Test("Notice a buffer in a wrong place, a wrong load and a wrong result")
    func brokenPrograms() throws {
        let made = try PlanCase(
            Schedule(steps: [Step([0], (64, 64, 128))]), problem: Fixtures.matMul(capacity: 20480))
        let text = made.cText
        let broken = [
            // A slice that overlaps a tile, one that ends outside, a tile that is never written, another op.
            text.replacing("t.c0, t.c1, 8192}", with: "t.c0, t.c1, 8193}"),
            text.replacing("#define CAPACITY 20480LL", with: "#define CAPACITY 20479LL"),
            text.replacing(
                "double s = 0;\n                    for (idx k", with: "double s = 1;\n                    for (idx k"),
        ]
        #expect(broken.allSatisfy { $0 != text })
        for program in broken.prefix(2) { #expect(throws: CBatch.CompilerMessage.self) { try CBatch.run([program]) } }
        let outcomes = try CBatch.run([broken[2], text])
        #expect(outcomes[0].exitCode == 1 && outcomes[0].maxRelativeError > 1e-3)
        #expect(made.fault(of: outcomes[0]) != nil)
        #expect(made.fault(of: outcomes[1]) == nil)
    }
}
