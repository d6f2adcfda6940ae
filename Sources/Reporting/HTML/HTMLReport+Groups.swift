/// The table of layers or nodes.
extension HTMLReport {
    /// Of more groups only those that take longest are listed.
    private static let groupLimit = 60

    /// What the template shows of groups; nil if there are none.
    var groupFields: [String: Any]? {
        guard let groups = model.groups else { return nil }
        let all = groups.groups
        let shown = all.indices.sorted { (all[$0].latency, $1) > (all[$1].latency, $0) }.prefix(Self.groupLimit)
            .sorted()
        let shares = percentages(all.map(\.latency), decimals: 1)
        let longest = shown.map { all[$0].latency }.max() ?? 0
        let word = groups.kind.rawValue
        return [
            "kind": word, "title": groups.kind == .layer ? "Layers" : "Nodes of the model",
            "about": groups.kind == .layer
                ? "The first number in an op's name tells its layer." : "Ops that are pieces of one node of the model.",
            "hidden": shown.count < all.count
                ? "The \(shown.count) of \(readable(all.count)) \(word)s that take longest are listed; all can be searched."
                : "",
            "rows": shown.map { index in
                let group = all[index]
                return [
                    "index": "\(index)", "colour": stepColour(index), "name": Self.visible(group.name),
                    "ops": readable(group.ops.count),
                    "steps": readable(group.steps.count), "compute": readable(group.compute),
                    "waiting": readable(group.waiting), "latency": readable(group.latency),
                    "share": shares[index],
                    "time": model.units.map { readable($0.microseconds(group.latency)) } ?? "",
                    "bar": "\(longest > 0 ? Int((100 * group.latency / longest).rounded()) : 0)",
                ]
            },
            "total": readable(model.totalLatency),
            "total_time": model.units.map { readable($0.microseconds(model.totalLatency)) } ?? "",
            "has_time": model.units != nil,
        ]
    }

    /// The layers that a step computes ops of, for the table of steps; nil where ops are grouped otherwise.
    func layers(of step: StepFigures) -> String? {
        guard let groups = model.groups, groups.kind == .layer else { return nil }
        let names = groups.names(of: step.ops)
        return names.prefix(3).map(Self.visible).joined(separator: " ")
            + (names.count > 3 ? " (+\(names.count - 3))" : "")
    }
}
