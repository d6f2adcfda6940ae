import MIP
import TensorGraph
import TestSupport
import Testing

@testable import Scheduling

@Suite("ScheduleDecoder")
struct DecoderTests {
    @Test("Puts producers first, however the steps are listed")
    func ordersSteps() throws {
        let example = try ExactCase(
            DecoderProblems.shared(), [([3], [], []), ([2], [], []), ([1], [], []), ([0], [], [])])
        let order = try #require(try example.order([0, 1, 2, 3]))
        #expect(order.first == 3)
        let place = try #require(order.firstIndex(of: 2))
        #expect(try place < #require(order.firstIndex(of: 1)))
        #expect(order.sorted() == [0, 1, 2, 3])
    }

    @Test("Puts what takes a set right behind what hands it over")
    func joinsHandOffs() throws {
        let example = try ExactCase(
            DecoderProblems.shared(), [([3], [1], []), ([1], [], []), ([2], [], []), ([0], [], [1]), ([0], [], [])])
        let order = try #require(try example.order([0, 1, 2, 3, 4]))
        let giver = try #require(order.firstIndex(of: 3))
        #expect(order[giver + 1] == 0)
        // The giver keeps its output in fast memory, so op 1 can read only what the other copy evicts.
        #expect(try #require(order.firstIndex(of: 4)) < #require(order.firstIndex(of: 1)))
        #expect(try example.order([0, 1, 2, 3]) == nil)
    }

    @Test("Tries every way to pair equal hand-offs")
    func triesPairings() throws {
        // Two steps hand over t1, two take it. {0, 2} waits for t2, which {1} makes of t1: the other one must serve
        // {1}.
        let steps: [(ops: [Int], resident: [Int], retained: [Int])] = [
            ([0, 2], [], [1]), ([1], [1], []), ([3], [1], []), ([0], [], [1]),
        ]
        let example = try ExactCase(DecoderProblems.shared(), steps)
        #expect(try example.order([0, 1, 2, 3]) == [3, 1, 0, 2])
        #expect(try example.order([3, 2, 1, 0]) == [3, 1, 0, 2])
        #expect(try example.order([0, 1]) == nil)
        #expect(try example.order([3, 1]) == [3, 1])
    }

    @Test("Refuses steps that hand over to each other in a ring, and forbids them")
    func refusesRings() throws {
        let example = try ExactCase(
            DecoderProblems.crossed(), [([0, 1], [3], [2]), ([2, 3], [2], [3])])
        let formulation = try example.formulation()
        let point = try #require(formulation.point(choosing: [0, 1]))
        #expect(try FeasibilityReport(of: point, in: formulation.model).isFeasible)
        #expect(try example.order([0, 1]) == nil)
        let cut = try #require(ScheduleDecoder(formulation).cut(at: point))
        #expect(cut.isExact)
        #expect(cut.row.activity(at: point) > cut.row.bounds.upper + 0.5)
    }

    @Test("Forbids a cyclic wait, and nothing that can be ordered")
    func cutsCycles() throws {
        let example = try ExactCase(
            DecoderProblems.crossed(),
            [([0, 1], [], []), ([2, 3], [], []), ([0], [], []), ([1], [], []), ([2], [], []), ([3], [], [])])
        let formulation = try example.formulation()
        let decoder = ScheduleDecoder(formulation)
        let crossed = try #require(formulation.point(choosing: [0, 1]))
        let cut = try #require(decoder.cut(at: crossed))
        #expect(cut.isExact)
        #expect(cut.row.activity(at: crossed) > cut.row.bounds.upper + 0.5)
        let choices = try #require(try example.choices(formulation, atMost: 64))
        var ordered = 0
        for choice in choices where example.canBeOrdered(choice) {
            let point = try #require(formulation.point(choosing: choice))
            #expect(cut.row.activity(at: point) <= cut.row.bounds.upper + 1e-9, "\(choice)")
            #expect(decoder.cut(at: point) == nil, "\(choice)")
            ordered += 1
        }
        #expect(ordered > 3)
        #expect(ordered < choices.count)
    }

    @Test("Lets one step retain what no step takes, at the end")
    func endsWithRetention() throws {
        let example = try ExactCase(
            DecoderProblems.twoOutputs(), [([0], [], [2]), ([0, 1], [], []), ([1], [], []), ([0, 1], [], [2])])
        #expect(try example.order([0, 1]) == [1, 0])
        // Both hand v over to none.
        #expect(try example.order([0, 3]) == nil)
        // v is in slow memory for nobody.
        #expect(try example.order([0, 2]) == nil)
    }

    @Test("Finds an order just where there is one, and cuts off nothing else, on random small programs", .tags(.slow))
    func agreesWithTryingAll() throws {
        var supply = ExactCase.Supply(seed: 31, opsAtMost: 3, candidatesAtMost: 10)
        var (ordered, cut) = (0, 0)
        for _ in 0..<60 {
            let example = try supply.next()
            let formulation = try example.formulation()
            guard let choices = try example.choices(formulation, atMost: 3000) else { continue }
            let decoder = ScheduleDecoder(formulation)
            let points = try choices.map { try #require(formulation.point(choosing: $0)) }
            let canBeOrdered = choices.map(example.canBeOrdered)
            ordered += canBeOrdered.count { $0 }
            for (index, point) in points.enumerated() {
                let found = decoder.cut(at: point)
                let text = Comment(rawValue: "\(choices[index]): \(ProblemFile.text(of: example.problem))")
                #expect((found == nil) == canBeOrdered[index], text)
                guard let found else { continue }
                cut += 1
                #expect(found.row.activity(at: point) > found.row.bounds.upper + 0.5, text)
                guard found.isExact else { continue }
                for (other, isOrderable) in zip(points, canBeOrdered) where isOrderable {
                    #expect(found.row.activity(at: other) <= found.row.bounds.upper + 1e-9, text)
                }
            }
        }
        #expect(ordered > 100)
        #expect(cut > 20)
    }
}
