import TensorGraph

/// Finds ops that are equal but for private inputs.
enum InterchangeableOps {
    private struct Signature: Hashable {
        var einsum: Einsum
        var baseCost: Double
        /// The tensor, if others read it or an op writes it; else its shape.
        var inputs: [Input]
        var outputs: [Tensor]
    }

    private enum Input: Hashable {
        case shared(TensorID)
        /// A graph input of this op alone; the same number means the same tensor.
        case own(Tensor, number: Int)
    }

    /// Classes of at least two ops each. Nobody reads what they write, so that exchanging two of a class, with their
    /// private inputs and their outputs, maps the graph to itself.
    static func classes(_ problem: Problem) -> [[OpID]] {
        var classes: [Signature: [OpID]] = [:]
        for id in problem.opIDs {
            let op = problem[id]
            guard op.outputs.allSatisfy({ problem.graph.readers[$0.index].isEmpty }) else { continue }
            var own: [TensorID] = []
            let inputs = op.inputs.map { tensor -> Input in
                guard problem.graph.producers[tensor.index] == nil, problem.graph.readers[tensor.index] == [id] else {
                    return .shared(tensor)
                }
                let number = own.firstIndex(of: tensor) ?? own.count
                if number == own.count { own.append(tensor) }
                return .own(problem[tensor], number: number)
            }
            let signature = Signature(
                einsum: op.einsum, baseCost: op.baseCost, inputs: inputs, outputs: op.outputs.map { problem[$0] })
            classes[signature, default: []].append(id)
        }
        return classes.values.filter { $0.count > 1 }.sorted { $0[0] < $1[0] }
    }

    /// The classes in which all ops have equal prices.
    static func withEqualPrices(_ classes: [[OpID]], _ prices: DualPrices, _ problem: Problem) -> [[OpID]] {
        var named = Set<OpID>()
        for row in prices.reach {
            named.insert(row.op)
            if let producer = problem.graph.producers[row.tensor.index] { named.insert(producer) }
        }
        for row in prices.handOff {
            for tensor in row.generators.joined() {
                if let producer = problem.graph.producers[tensor.index] { named.insert(producer) }
            }
        }
        func own(_ op: OpID) -> [Double] {
            [prices.first[op.index]] + problem[op].outputs.map { prices.output[$0.index] }
        }
        return classes.filter { ops in
            ops.allSatisfy { !named.contains($0) && own($0) == own(ops[0]) }
        }
    }
}
