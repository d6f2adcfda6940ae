import CostModel
import TensorGraph

/// Prices of steps from earlier enumerations over parts of the same problem, so that none is searched twice.
struct KnownPrices: Sendable {
    /// A step of the whole problem without its granularity, ops and tensors ascending.
    struct Key: Hashable, Sendable {
        var ops: [OpID]
        var resident: [TensorID]
        var retained: [TensorID]
    }

    /// What is known of a step.
    struct Price: Sendable {
        var choice: GranularityChoice
        /// No granularity is faster, in units of time.
        var lowerBound: Double
        var isBeyondSearch: Bool
    }

    private(set) var prices: [Key: Price] = [:]

    /// Prices kept at most; when there are more all are forgotten, which bounds memory on large graphs.
    private static let maximumPrices = 300_000

    /// Remembers a step's price.
    mutating func insert(_ price: Price, for key: Key) {
        if prices.count >= Self.maximumPrices { prices.removeAll(keepingCapacity: true) }
        prices[key] = price
    }
}

/// Prices for a part of a problem, which has numbers of its own.
struct PartPrices: Sendable {
    let known: KnownPrices
    /// The ops and tensors of the whole problem, by number in the part.
    let ops: [OpID]
    let tensors: [TensorID]

    /// What is known of a step of the part.
    func price(ops: [OpID], resident: [TensorID], retained: [TensorID]) -> KnownPrices.Price? {
        known.prices[key(ops, resident, retained)]
    }

    /// The step in the numbers of the whole problem.
    func key(_ ops: [OpID], _ resident: [TensorID], _ retained: [TensorID]) -> KnownPrices.Key {
        KnownPrices.Key(
            ops: ops.map { self.ops[$0.index] }.sorted(), resident: resident.map { tensors[$0.index] }.sorted(),
            retained: retained.map { tensors[$0.index] }.sorted())
    }
}
