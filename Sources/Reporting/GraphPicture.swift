import CostModel
import TensorGraph

/// The graph of a problem, or of a schedule with a cluster per step, as nodes and edges that the writers draw.
///
/// Of a problem every op is a node once. Of a schedule every op is a node in each step that computes it, and an edge
/// tells which computation of a tensor it carries and through which memory.
public struct GraphPicture: Sendable {
    /// An op, or a tensor that comes from outside or leaves.
    struct Node: Hashable {
        enum Kind: Hashable {
            case reducing, map, graphInput, graphOutput
            /// A whole step, by its position in the schedule.
            case step(Int)
        }

        /// Letters, digits and underscores, unique in the picture.
        let id: String
        let kind: Kind
        /// Lines of text.
        let label: [String]
    }

    /// How a tensor gets from its producer to a reader.
    enum Route: Hashable {
        /// Within a problem: no memory has been chosen.
        case unscheduled
        /// Within one step: it exists in neither memory unless the step retains it.
        case internalToStep
        /// It stays in fast memory from one step to the next.
        case retained
        /// It is evicted to slow memory and loaded from there.
        case slowMemory
    }

    struct Edge: Hashable {
        let from: String
        let to: String
        let label: String
        let route: Route
    }

    /// A step.
    struct Cluster: Hashable {
        let id: String
        let label: [String]
        let nodes: [Node]
        /// Units of time.
        let latency: Double
    }

    /// What the picture is called.
    let title: String
    /// Steps; empty for a problem.
    private(set) var clusters: [Cluster] = []
    /// Nodes outside all steps.
    private(set) var nodes: [Node] = []
    private(set) var edges: [Edge] = []

    /// Draws these nodes and edges.
    init(title: String, nodes: [Node], edges: [Edge]) {
        self.title = title
        self.nodes = nodes
        self.edges = edges
    }

    /// Draws a problem.
    public init(_ problem: Problem, title: String) {
        self.title = title
        nodes = problem.opIDs.map { Self.node($0, in: problem, id: "op\($0)") }
        addGraphInputs(problem)
        for op in problem.opIDs {
            for tensor in problem[op].inputs {
                let producer = problem.graph.producers[tensor.index].map { "op\($0)" } ?? "tensor\(tensor)"
                connect(producer, "op\(op)", tensor, .unscheduled, problem)
            }
            for tensor in problem[op].outputs where problem.graph.isGraphOutput(tensor) {
                addGraphOutput(tensor, from: "op\(op)", .unscheduled, problem)
            }
        }
    }

    /// Draws a schedule that the evaluator found valid.
    public init(_ schedule: Schedule, _ evaluation: Evaluation, problem: Problem, title: String) {
        self.title = title
        addGraphInputs(problem)
        let report = ScheduleReport(schedule, evaluation, problem: problem)
        // The node that last evicted each tensor, and the nodes behind what the previous step has retained.
        var evicted: [TensorID: String] = [:]
        var resident: [TensorID: String] = [:]
        for (index, step) in schedule.steps.enumerated() {
            func name(_ op: OpID) -> String { "step\(index)_op\(op)" }
            var written: [TensorID: String] = [:]
            var readInside = Set<TensorID>()
            for op in step.ops {
                for tensor in problem[op].inputs {
                    if let producer = written[tensor] {
                        readInside.insert(tensor)
                        connect(producer, name(op), tensor, .internalToStep, problem)
                    } else if let producer = resident[tensor] {
                        connect(producer, name(op), tensor, .retained, problem)
                    } else {
                        connect(evicted[tensor] ?? "tensor\(tensor)", name(op), tensor, .slowMemory, problem)
                    }
                }
                for tensor in problem[op].outputs { written[tensor] = name(op) }
            }
            let retained = Set(step.retained)
            resident = written.filter { retained.contains($0.key) }
            for (tensor, node) in written where !retained.contains(tensor) && !readInside.contains(tensor) {
                evicted[tensor] = node
            }
            clusters.append(
                Cluster(
                    id: "step\(index)", label: Self.label(index, report.steps[index]),
                    nodes: step.ops.map { Self.node($0, in: problem, id: name($0)) },
                    latency: report.steps[index].latency))
        }
        for tensor in evicted.keys.sorted() where problem.graph.isGraphOutput(tensor) {
            guard let node = evicted[tensor] else { continue }
            addGraphOutput(tensor, from: node, .slowMemory, problem)
        }
    }

    private static func label(_ index: Int, _ step: StepReport) -> [String] {
        ["step \(index): \(step.granularityText), \(step.order)", "latency \(readable(step.latency)), \(step.binding)"]
            + (step.retained.isEmpty ? [] : ["retains \(abridged(step.retained))"])
    }

    private static func node(_ op: OpID, in problem: Problem, id: String) -> Node {
        Node(
            id: id, kind: problem[op].isReducing ? .reducing : .map,
            label: ["op \(op)"] + (problem.name(of: op).map { [$0] } ?? []) + [problem[op].shortForm])
    }

    private static func label(_ tensor: TensorID, _ problem: Problem) -> [String] {
        ["tensor \(tensor)"] + (problem.name(of: tensor).map { [$0] } ?? [])
    }

    /// A tensor that no op touches has no part in the picture.
    private mutating func addGraphInputs(_ problem: Problem) {
        for index in problem.tensors.indices
        where problem.graph.producers[index] == nil && !problem.graph.readers[index].isEmpty {
            nodes.append(Node(id: "tensor\(index)", kind: .graphInput, label: Self.label(TensorID(index), problem)))
        }
    }

    private mutating func addGraphOutput(_ tensor: TensorID, from node: String, _ route: Route, _ problem: Problem) {
        nodes.append(Node(id: "tensor\(tensor)", kind: .graphOutput, label: Self.label(tensor, problem)))
        connect(node, "tensor\(tensor)", tensor, route, problem)
    }

    private mutating func connect(
        _ from: String, _ to: String, _ tensor: TensorID, _ route: Route, _ problem: Problem
    ) {
        let shape = problem[tensor]
        edges.append(Edge(from: from, to: to, label: "\(tensor): \(shape.width)x\(shape.height)", route: route))
    }
}

extension Op {
    /// The contest's type, or else the einsum.
    var shortForm: String { kind?.rawValue ?? einsum.description }
}
