import Foundation
import ProblemFamilies
import TensorGraph
import Testing

@Suite("Generated problems")
struct GeneratorTests {
    private func options(_ change: (inout GeneratorOptions) -> Void) -> GeneratorOptions {
        var options = GeneratorOptions()
        change(&options)
        return options
    }

    @Test("Equal options and seeds give equal problems, other seeds others", arguments: ProblemFamily.allCases)
    func isDeterministic(family: ProblemFamily) throws {
        let first = try ProblemFile.text(of: family.problem(options { $0.ops = 120 }))
        #expect(try ProblemFile.text(of: family.problem(options { $0.ops = 120 })) == first)
        let other = try ProblemFile.text(of: family.problem(options { ($0.ops, $0.seed) = (120, 2) }))
        // Siblings are all alike but for what their Pointwise ops cost; models have nothing random in them.
        #expect((other != first) == !Self.models.contains(family))
    }

    @Test("Any size makes a problem, and a file that reads back the same", arguments: ProblemFamily.allCases)
    func makesAnySize(family: ProblemFamily) throws {
        for (ops, width, rows, heads) in [(1, 1, 1, 1), (7, 3, 500, 5), (40, 129, 1, 2), (100, 64, 64, 9)] {
            for hardware in HardwareProfile.allCases {
                let problem = try family.problem(
                    options {
                        ($0.ops, $0.width, $0.rows, $0.heads) = (ops, width, rows, heads)
                        $0.hardware = hardware
                    })
                #expect(!problem.ops.isEmpty)
                #expect(problem.hardware == hardware.hardware)
                let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).json").path
                defer { try? FileManager.default.removeItem(atPath: path) }
                try ProblemFile.write(problem, to: path)
                #expect(try ProblemFile.text(of: ProblemFile.read(path)) == ProblemFile.text(of: problem))
            }
        }
    }

    @Test("Families made of single ops hit the number of ops, the others come close from below")
    func aimsAtOps() throws {
        for family in ProblemFamily.allCases {
            let count = try family.problem(options { $0.ops = 500 }).ops.count
            switch family {
            case .siblings, .pointwise, .random: #expect(count == 500)
            default: #expect(count > 440 && count <= 500)
            }
        }
    }

    @Test("20,000 ops", arguments: ProblemFamily.allCases)
    func isQuick(family: ProblemFamily) throws {
        let clock = ContinuousClock()
        let start = clock.now
        let problem = try family.problem(options { $0.ops = 20_000 })
        #expect(problem.ops.count > 19_900)
        #expect(clock.now - start < .seconds(20))
    }

    @Test("Sizes beyond what a problem may have are an error, not a trap")
    func refusesTooMuch() {
        #expect(throws: ProblemError.self) {
            try ProblemFamily.ffn.problem(
                options { ($0.ops, $0.width, $0.rows) = (100_000, 1 << 20, 1 << 20) })
        }
    }

    private static let models: [ProblemFamily] = [.gpt, .llama, .vit, .mixer]

    @Test("Models have as many layers as are asked for, and every op a name of its own", arguments: models)
    func layers(family: ProblemFamily) throws {
        let counts = try (1...3).map { layers in
            try family.problem(options { ($0.layers, $0.heads) = (layers, 2) }).ops.count
        }
        #expect(counts[2] - counts[1] == counts[1] - counts[0])
        let problem = try family.problem(options { ($0.layers, $0.heads) = (2, 8) })
        let names = problem.ops.compactMap(\.name)
        #expect(Set(names).count == problem.ops.count)
        #expect(problem.tensorNames.map { Set($0.compactMap { $0 }).count } == problem.tensors.count)
        #expect(names.contains { $0.hasPrefix("layer.1.") } && !names.contains { $0.hasPrefix("layer.2.") })
        #expect(problem.ops.allSatisfy { $0.function != nil || $0.isReducing })
    }

    @Test("Models read as models do")
    func modelOps() throws {
        func problem(_ family: ProblemFamily) throws -> Problem {
            try family.problem(options { ($0.layers, $0.heads) = (1, 8) })
        }
        func count(_ einsum: String, in problem: Problem) -> Int {
            problem.ops.count { $0.einsum.description == einsum }
        }
        let gpt = try problem(.gpt)
        #expect(gpt.ops.count == 15 + 10 * 8)
        #expect(count("ik,jk->ij", in: gpt) == 8)
        #expect(count("ij,i1->ij", in: gpt) == 2 * 8 + 2)
        let llama = try problem(.llama)
        #expect(llama.ops.count == 3 + 8 * 8 + 2 * 2 + 1 + 9)
        #expect(count("ij,i1,1j->ij", in: llama) == 2)
        #expect(count("kj->1j", in: try problem(.vit)) == 1)
        #expect(count("ji->ij", in: try problem(.mixer)) == 2)
    }

    @Test("A family has the shape that its name says")
    func hasItsShape() throws {
        let siblings = try ProblemFamily.siblings.problem(options { $0.ops = 30 })
        #expect(siblings.graph.readers[0].count == 30)
        let heads = try ProblemFamily.attention.problem(options { ($0.ops, $0.heads) = (1, 6) })
        #expect(heads.ops.count == 6 * 7 + 1)
        let grouped = try ProblemFamily.gqa.problem(options { ($0.ops, $0.heads) = (1, 8) })
        #expect(grouped.ops.count == 8 * 5 + 2 * 2 + 1)
        let pointwise = try ProblemFamily.pointwise.problem(options { $0.ops = 30 })
        #expect(pointwise.ops.allSatisfy { $0.kind == .pointwise })
        #expect(pointwise.ops.contains { $0.outputs.count > 1 })
        let random = try ProblemFamily.random.problem(options { $0.ops = 200 })
        #expect(Set(random.ops.map(\.kind)).count == 2)
        #expect(random.graph.readers.contains { $0.count > 2 })
    }
}
