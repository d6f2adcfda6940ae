import TensorGraph

/// Whoever finds steps that are worth more than they cost: ``PricingSearch``, or a list of all steps in tests.
protocol PricingEngine: Sendable {
    /// Classes of ops that can be exchanged; see ``PricingSearch/interchangeable``.
    var interchangeable: [[OpID]] { get }

    /// Searches with these prices.
    func run(_ prices: DualPrices, slack: PricingSlack, limits: PricingLimits) -> PricingOutcome
}

extension PricingSearch: PricingEngine {}
