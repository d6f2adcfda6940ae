import Foundation
import TensorGraph
import TestSupport
import Testing

@testable import Reporting

@Suite("Ops by layer and by node")
struct OpGroupTests {
    @Test(
        "The first number of a path ends the name of a layer",
        arguments: [
            ("/model/layers.0/self_attn/q_proj/MatMul", "model/layers.0"), ("layer.10.attention.query", "layer.10"),
            ("/layer.1.attention.query/MatMul_48[0, 1:10, 0:8]", "layer.1"),
            ("/transformer/h.3/attn/Add", "transformer/h.3"),
            ("/Layer_0/Linear/Gemm", "Layer_0"), ("/layer1/layer1.0/conv1/Conv", "layer1"),
            ("/blocks/block12/mlp/Gelu", "blocks/block12"), ("/MatMul_36[:, 3, :, 5:11]/add", nil),
            ("/Softmax_16/exp[:, 1, :, :]", nil), ("node_Div_5", nil), ("", nil), ("7", nil), ("/0/attn", "0"),
        ])
    func layers(name: String, layer: String?) {
        #expect(OpPlace.layer(of: name) == layer)
    }

    @Test(
        "A node is what stands before its piece",
        arguments: [
            ("node_Einsum_53[:, 3, :, :]/part 1", "node_Einsum_53"), ("/MatMul_0", "/MatMul_0"),
            ("node_Einsum_36/part 11", "node_Einsum_36"), ("/part 1", "/part 1"),
            ("/Add_35_out0 (stored)", "/Add_35_out0"),
        ])
    func nodes(name: String, node: String) {
        #expect(OpPlace.node(of: name) == node)
    }

    @Test("Parts of a node are one with it, if it is there")
    func parts() {
        #expect(
            OpPlace.nodes(of: ["n0/product", "n0", "/Softmax_1/exp[0]", "/Softmax_1/sum", "/Gemm_2/a/b", "/Gemm_2/a"])
                == ["n0", "n0", "/Softmax_1/exp", "/Softmax_1/sum", "/Gemm_2/a", "/Gemm_2/a"])
    }

    @Test("Ops outside of layers go with their module, or with the others")
    func modules() {
        #expect(OpPlace.module(of: "/lm_head/MatMul") == "lm_head")
        #expect(OpPlace.module(of: "MatMul") == nil)
    }

    @Test(
        "All groups together have the latency and every op once", arguments: ["attention-15", "random-160", "gpt-110"])
    func sums(own: String) throws {
        let plain = try ReportCase(own: own)
        let example = own == "gpt-110" ? plain : try plain.named()
        let groups = try #require(try OpGroups(example.schedule, example.evaluation, problem: example.problem))
        #expect(groups.kind == .layer)
        let latency = example.evaluation.totalLatency
        #expect(abs(groups.groups.reduce(0) { $0 + $1.latency } - latency) <= 1e-9 * latency)
        let compute = example.evaluation.steps.reduce(0) { $0 + $1.compute }
        #expect(abs(groups.groups.reduce(0) { $0 + $1.compute } - compute) <= 1e-9 * latency)
        #expect(groups.groups.flatMap(\.ops).sorted() == Array(example.problem.ops.indices))
        for (index, step) in example.schedule.steps.enumerated() {
            let names = Set(step.ops.compactMap { example.problem.name(of: $0) }.compactMap(OpPlace.layer))
            #expect(Set(groups.names(of: step.ops.map(\.index))) == names)
            #expect(groups.groups.filter { $0.steps.contains(index) }.count == names.count)
        }
        let table = try HTMLReport(example.model()).text()
        #expect(table.contains("<h2 id=\"h-groups\">Layers</h2>"))
        for group in groups.groups { #expect(table.contains(">\(group.name)</th>")) }
    }

    @Test("By node where names tell of no layer; nothing where they tell nothing")
    func kinds() throws {
        let plain = try ReportCase(own: "attention-15")
        #expect(try OpGroups(plain.schedule, plain.evaluation, problem: plain.problem) == nil)
        func grouped(_ name: (Int) -> String) throws -> OpGroups? {
            let ops = plain.problem.ops.enumerated().map { index, op in
                Op(op.einsum, inputs: op.inputs, outputs: op.outputs, baseCost: op.baseCost, name: name(index))
            }
            let problem = try Problem(tensors: plain.problem.tensors, ops: ops, hardware: plain.problem.hardware)
            return try OpGroups(plain.schedule, plain.evaluation, problem: problem)
        }
        let nodes = try #require(try grouped { "/MatMul_\($0 / 2)[\($0), :]" })
        #expect(nodes.kind == .node && nodes.groups.map(\.name) == (0..<8).map { "/MatMul_\($0)" })
        #expect(try grouped { "/MatMul_\($0)" } == nil)
        #expect(try grouped { _ in "same" } == nil)
    }

    @Test("Of many layers those that take longest are listed")
    func many() throws {
        let plain = try ReportCase(own: "random-160")
        let ops = plain.problem.ops.enumerated().map { index, op in
            Op(
                op.einsum, inputs: op.inputs, outputs: op.outputs, baseCost: op.baseCost,
                name: "layer.\(index / 2).\(index)")
        }
        let problem = try Problem(tensors: plain.problem.tensors, ops: ops, hardware: plain.problem.hardware)
        let page = try HTMLReport(ReportCase(problem, plain.schedule).model()).text()
        #expect(page.contains("The 60 of 80 layers that take longest are listed"))
        #expect(page.ranges(of: "data-group=").count == 60)
    }
}
