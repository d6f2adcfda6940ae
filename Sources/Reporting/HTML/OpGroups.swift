import CostModel
import TensorGraph

/// The ops of a schedule by the layer of the model that they belong to, or by its node where names tell of no layer.
public struct OpGroups: Encodable, Sendable {
    /// What ops are grouped by.
    public enum Kind: String, Encodable, Sendable {
        /// Layers of the model, such as `layers.0`, and modules outside of layers.
        case layer
        /// Nodes of the model, such as `/MatMul_3`.
        case node
    }

    /// Ops of one layer or node.
    public struct Group: Encodable, Sendable {
        /// What it is called.
        public let name: String
        /// Ids, ascending.
        public let ops: [Int]
        /// Positions of the steps that compute some of them, ascending.
        public let steps: [Int]
        /// Units of time in which they compute.
        public let compute: Double
        /// Units of time in which nothing is computed because their data is on its way.
        public let waiting: Double
        /// Their part of the latency, in units of time.
        public var latency: Double { compute + waiting }
    }

    /// What ops are grouped by.
    public let kind: Kind
    /// In the order of their first ops.
    public let groups: [Group]
    /// The group of each op, a position in ``groups``.
    public let groupOfOp: [Int]

    /// Groups of a schedule; nil if names of ops say nothing about what belongs together.
    ///
    /// - Throws: `RuleViolation` for a schedule that is not valid.
    init?(_ schedule: Schedule, _ evaluation: Evaluation, problem: Problem) throws(RuleViolation) {
        guard problem.names.hasOpNames else { return nil }
        let names = problem.ops.map { $0.name ?? "" }
        let layers = names.map(OpPlace.layer)
        kind = layers.contains { $0 != nil } ? .layer : .node
        let labels =
            kind == .layer
            ? zip(names, layers).map { name, layer in layer ?? OpPlace.module(of: name) ?? "" }
            : OpPlace.nodes(of: names)
        var positions: [String: Int] = [:]
        let groupOfOp = labels.map { label in
            let label = label.isEmpty ? "others" : label
            let position = positions[label] ?? positions.count
            positions[label] = position
            return position
        }
        // Where every op is a node of its own there is nothing to group.
        guard positions.count > 1, positions.count < labels.count else { return nil }
        let latencies = try LatencyByOp(schedule, evaluation, problem: problem)
        var members = [[Int]](repeating: [], count: positions.count)
        for (op, group) in groupOfOp.enumerated() { members[group].append(op) }
        var steps = [[Int]](repeating: [], count: positions.count)
        for (index, step) in schedule.steps.enumerated() {
            for group in Set(step.ops.map { groupOfOp[$0.index] }) { steps[group].append(index) }
        }
        let groups = positions.sorted { $0.value < $1.value }.map { label, group in
            Group(
                name: label, ops: members[group], steps: steps[group],
                compute: members[group].reduce(0) { $0 + latencies.compute[$1] },
                waiting: members[group].reduce(0) { $0 + latencies.waiting[$1] })
        }
        self.groups = groups
        self.groupOfOp = groupOfOp
    }

    /// Names of the groups that these ops belong to, the first ones first.
    func names(of ops: [Int]) -> [String] {
        Set(ops.filter(groupOfOp.indices.contains).map { groupOfOp[$0] }).sorted().map { groups[$0].name }
    }
}
