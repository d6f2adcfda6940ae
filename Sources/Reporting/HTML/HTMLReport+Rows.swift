/// Lines of the page's tables.
extension HTMLReport {
    /// A step, for the table of steps.
    func row(_ index: Int) -> [String: String] {
        let step = model.steps[index]
        var fields = [
            "index": "\(index)", "colour": stepColour(index), "ops": abridged(step.ops, limit: 24),
            "granularity": step.granularity.map(String.init).joined(separator: "x"), "order": step.order,
            "grid": step.grid.map(String.init).joined(separator: "x"), "iterations": readable(step.iterations),
            "compute": readable(step.compute), "loaded": readable(step.loadedElements),
            "evicted": readable(step.evictedElements), "latency": readable(step.latency),
            "share": percentage(step.latency, of: model.totalLatency), "binding": step.binding,
            "peak": readable(step.peakWorkingSet),
            "peak_share": percentage(step.peakWorkingSet, of: Double(model.facts.fastMemoryCapacity)),
            "resident": step.resident.isEmpty ? "-" : abridged(step.resident),
            "retained": step.retained.isEmpty ? "-" : abridged(step.retained),
        ]
        if let layers = layers(of: step) { fields["layers"] = layers }
        if let units = model.units { fields["time"] = readable(units.microseconds(step.latency)) }
        return fields
    }

    /// Two schedules, block by block; of a long list only the blocks that differ most.
    static func fields(of comparison: PageComparison) -> [String: Any] {
        let differing = comparison.differing
        let shown = differing.enumerated()
            .sorted { abs(comparison.blocks[$0.element].difference) > abs(comparison.blocks[$1.element].difference) }
            .prefix(blockLimit).sorted { $0.offset < $1.offset }
        return [
            "path_a": visible(comparison.pathA), "path_b": visible(comparison.pathB),
            "steps_a": readable(comparison.latenciesA.count), "steps_b": readable(comparison.latenciesB.count),
            "latency_a": readable(comparison.latenciesA.reduce(0, +)),
            "latency_b": readable(comparison.latenciesB.reduce(0, +)), "difference": signed(comparison.difference),
            "difference_note": note(of: comparison),
            "chart": ComparisonChart(comparison: comparison).svg,
            "blocks_shown": shown.count < differing.count
                ? "The \(shown.count) of \(readable(differing.count)) blocks that differ most"
                : differing.isEmpty
                    ? "No block differs"
                    : differing.count == 1
                        ? "The one block that differs" : "All \(counted(differing.count, "block")) that differ",
            "few_blocks": shown.count <= openBlockLimit,
            "same": "\(comparison.blocks.count - differing.count) of \(comparison.blocks.count)",
            "blocks": shown.map { colour, index in fields(of: comparison.blocks[index], colour: colour, index: index) },
        ]
    }

    /// By how much the two differ, as a sentence.
    private static func note(of comparison: PageComparison) -> String {
        let (a, difference) = (comparison.latenciesA.reduce(0, +), comparison.difference)
        guard readable(abs(difference)) != "0" else { return "Both take as long." }
        let amount = readable(abs(difference)) + (a > 0 ? " (\(gapText(abs(difference) / a)))" : "")
        return "B takes \(amount) \(difference > 0 ? "more" : "less") than A."
    }

    private static let blockLimit = 100
    /// Longer tables are shown on demand.
    private static let openBlockLimit = 24

    private static func fields(of block: PageComparison.Block, colour: Int, index: Int) -> [String: String] {
        [
            "number": "\(colour)", "index": "\(index)", "colour": stepColour(colour),
            "ops": abridged(block.ops, limit: 16),
            "steps_a": abridged(block.stepsA), "steps_b": abridged(block.stepsB), "latency_a": readable(block.latencyA),
            "latency_b": readable(block.latencyB), "difference": signed(block.difference),
            "differs": block.differs.joined(separator: ", "),
        ]
    }
}
