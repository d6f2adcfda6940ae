import CostModel
import TensorGraph

extension BoundCertificate {
    /// Takes down the prices that prove a bound.
    init(_ prices: DualPrices, bound: Double, problem: Problem, reductionCap: ReductionCap) {
        ops = problem.ops.count
        tensors = problem.tensors.count
        self.reductionCap = reductionCap == .native ? "native" : "none"
        scope = ProofScope.namedOrders.description
        self.bound = bound
        first = prices.first
        output = prices.output.enumerated().filter { $0.element > 0 }
            .map { TensorPrice(tensor: $0.offset, price: $0.element) }
        reach = prices.reach.filter { $0.price > 0 }
            .map { ReachPrice(op: $0.op.index, tensor: $0.tensor.index, price: $0.price) }
        handOff = prices.handOff.filter { $0.price > 0 }
            .map { HandOffPrice(sets: $0.generators.map { $0.map(\.index) }, price: $0.price) }
    }
}
