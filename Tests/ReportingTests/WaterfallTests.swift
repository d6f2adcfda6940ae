import CostModel
import Scheduling
import TensorGraph
import TestSupport
import Testing

@testable import Reporting

@Suite("From the compute bound to the latency")
struct WaterfallTests {
    @Test("Parts follow on each other, from the bound to the latency, and none is negative", .tags(.slow))
    func addsUp() throws {
        var used = Set<Waterfall.Reason>()
        for example in try ReportCase.random(seed: 5, count: 600) {
            let model = try example.model()
            let parts = model.waterfall.parts
            let latency = example.evaluation.totalLatency
            #expect(parts.map(\.reason) == Waterfall.Reason.allCases)
            #expect(parts.first?.start == 0)
            #expect(parts.last?.end == latency)
            for (part, next) in zip(parts, parts.dropFirst()) { #expect(part.end == next.start) }
            for part in parts {
                #expect(part.value >= -1e-9 * latency)
                if part.value > 0 { used.insert(part.reason) }
            }
            let bound = StructuralBounds.compute(example.problem)
            #expect(abs((parts.first?.value ?? 0) - bound) <= 1e-9 * latency)
            let sum = parts.dropFirst().reduce(0) { $0 + $1.value }
            #expect(abs(sum - (latency - bound)) <= 1e-9 * latency)
            #expect(abs(value(.bound, model) + more(model) - model.compute) <= 1e-9 * latency)
        }
        #expect(used == Set(Waterfall.Reason.allCases))
    }

    @Test("Traffic has reasons too, and they add up to it")
    func traffic() throws {
        for example in try ReportCase.random(seed: 6, count: 100) {
            let flow = try ScheduleFlow(example.schedule, example.evaluation, problem: example.problem)
            for (account, step) in zip(flow.accounts, example.evaluation.steps) {
                #expect(account.inputs + account.reloads + account.streaming == step.loadedElements)
                #expect(account.outputs + account.spills == step.evictedElements)
                #expect(
                    abs(step.compute + step.waitForLoads + step.waitForEvictions - step.latency)
                        <= 1e-9 * step.latency)
            }
        }
    }

    @Test("Small tiles: the MatMul of RULES 5 in four of 64 x 64")
    func smallTiles() throws {
        let model = try ReportCase(Fixtures.matMul(), [Step([0], (64, 64, 128))]).model()
        #expect(model.totalLatency == 7096)
        #expect(value(.bound, model) == 1500)
        #expect(value(.smallTiles, model) == 4500)
        // Of 49,152 elements loaded, 32,768 are there once; the rest is loaded again.
        #expect(abs(value(.inputs, model) + value(.streaming, model) + value(.outputs, model) - 1096) < 1e-9)
        #expect(abs(value(.inputs, model) / value(.streaming, model) - 2) < 1e-9)
    }

    @Test("Recomputation and a handed-over tensor: the diamond of RULES 5")
    func recomputation() throws {
        let steps = [
            Step([0, 1], (128, 128, 1), keeping: [2]), Step([0, 2], (128, 128, 1)),
        ]
        let model = try ReportCase(Fixtures.diamond(), steps).model()
        #expect(model.totalLatency == 3000 + 3276.8)
        #expect(value(.bound, model) == 4500)
        #expect(value(.recomputation, model) == 1500)
        // The second step waits for 16,384 elements in, again, and as many out.
        #expect(abs(value(.reloads, model) - 138.4) < 1e-9)
        #expect(abs(value(.outputs, model) - 138.4) < 1e-9)
        #expect(model.steps.map(\.resident) == [[], [2]])
    }

    private func value(_ reason: Waterfall.Reason, _ model: ReportModel) -> Double {
        model.waterfall.parts.first { $0.reason == reason }?.value ?? .nan
    }

    private func more(_ model: ReportModel) -> Double {
        value(.recomputation, model) + value(.smallTiles, model) + value(.repetition, model)
    }
}
