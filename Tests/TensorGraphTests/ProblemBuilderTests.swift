import TensorGraph
import Testing

@Suite("Problem builder")
struct ProblemBuilderTests {
    /// 4,096 multiply-adds and 128 elements in a unit of time, on tiles of 128 x 128.
    private static var empty: ProblemBuilder {
        let hardware = Hardware(
            fastMemoryCapacity: 100_000, slowMemoryBandwidth: 20, nativeWidth: 128, nativeHeight: 128)
        return ProblemBuilder(on: hardware, multiplyAddsPerTime: 4096, elementsPerTime: 128)
    }

    @Test("A head of attention: shapes, names, letters and costs")
    func attention() throws {
        var graph = Self.empty
        let queries = graph.input("queries", rows: 300, columns: 64)
        let keys = graph.input("keys", rows: 200, columns: 64)
        let values = graph.input("values", rows: 200, columns: 64)
        let scores = try graph.einsum("scores", "ik,jk->ij", queries, keys)
        let largest = try graph.einsum("largest", "ik->i1", scores, function: "max")
        let powers = graph.map("powers", "exp_sub", scores, largest, operations: 3)
        let mixed = graph.matMul("mixed", powers, values)
        let problem = try graph.problem()

        #expect(problem[scores] == Tensor(width: 200, height: 300))
        #expect(problem[largest] == Tensor(width: 1, height: 300))
        #expect(problem[powers] == Tensor(width: 200, height: 300))
        #expect(problem[mixed] == Tensor(width: 64, height: 300))
        #expect(problem.ops.map(\.einsum.description) == ["ik,jk->ij", "ik->i1", "ij,i1->ij", "ik,kj->ij"])
        #expect(problem.ops.map(\.name) == ["scores", "largest", "powers", "mixed"])
        #expect(problem.ops.map(\.function) == [nil, "max", "exp_sub", nil])
        #expect(graph["powers"] == powers)
        #expect(graph["nothing"] == nil)
        // 128 x 128 x 64 / 4096; a column of 128 x 200 / 128; 3 x 128 x 128 / 128; 128 x 128 x 200 / 4096.
        #expect(problem.ops.map(\.baseCost) == [256, 200, 384, 800])
    }

    @Test("A map repeats rows and columns of length one, and only these")
    func broadcast() throws {
        var graph = Self.empty
        let whole = graph.input("whole", rows: 6, columns: 5)
        let row = graph.input("row", rows: 1, columns: 5)
        let column = graph.input("column", rows: 6, columns: 1)
        let single = graph.input("single", rows: 1, columns: 1)
        _ = graph.map("sum", "add", whole, row, column, single)
        _ = graph.map("outer", "mul", row, column)
        _ = graph.map("thin", "exp", column)
        let problem = try graph.problem()
        #expect(
            problem.ops.map(\.einsum.description) == ["ij,1j,i1,11->ij", "1j,i1->ij", "ij->ij"])
        #expect(graph["outer"].map(graph.shape) == Tensor(width: 5, height: 6))
    }

    @Test("A cost that is given counts, whatever the rates")
    func givenCost() throws {
        var graph = Self.empty
        let input = graph.input("input", rows: 8, columns: 8)
        let product = graph.matMul("product", input, graph.input("weight", rows: 8, columns: 8), cost: 7)
        _ = graph.map("active", "relu", product, cost: 0)
        #expect(try graph.problem().ops.map(\.baseCost) == [7, 0])
    }

    @Test("Shapes that do not agree are named by op and tensor")
    func disagreement() {
        var graph = Self.empty
        let input = graph.input("input", rows: 8, columns: 8)
        let weight = graph.input("weight", rows: 9, columns: 8)
        _ = graph.matMul("product", input, weight)
        let error = #expect(throws: ProblemError.self) { try graph.problem() }
        #expect(
            error?.description
                == "op 0 (product): LHS tensor 0 (input) is 8 wide, RHS tensor 1 (weight) is 9 high; "
                + "a MatMul needs them equal")
    }

    @Test("Two tensors of one name, letters at fault, and ids from elsewhere are errors")
    func faults() throws {
        var twice = Self.empty
        _ = twice.input("input", rows: 8, columns: 8)
        _ = twice.map("input", "exp", TensorID(0))
        let error = #expect(throws: ProblemError.self) { try twice.problem() }
        #expect(error?.description == "tensor 1: is called \"input\", as is tensor 0")

        var graph = Self.empty
        let input = graph.input("input", rows: 8, columns: 8)
        #expect(throws: EinsumError.self) { _ = try graph.einsum("worse", "il->ij", input) }
        _ = graph.map("foreign", "exp", TensorID(17))
        #expect(throws: ProblemError.self) { try graph.problem() }
    }
}
