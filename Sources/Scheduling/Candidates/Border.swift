import TensorGraph

/// What the steps around a part of a schedule give to its steps and want of them.
///
/// The whole schedule has a border that gives nothing and wants the graph outputs.
struct Border: Sendable, Hashable {
    /// Tensors that the steps have to evict, because later steps read them or they are graph outputs.
    var required: [TensorID] = []
    /// Tensors that ops of the part write and that are in slow memory before it, because an earlier step evicts them.
    var available: [TensorID] = []
    /// Tensors that the step before hands over, ascending. They are not in slow memory.
    var resident: [TensorID] = []
    /// Tensors that the last step hands over, ascending.
    var retained: [TensorID] = []
    /// True when nothing follows, so that the last step may retain what no step takes over.
    var endsSchedule = false

    /// The border of a whole schedule.
    static func whole(_ problem: Problem) -> Border {
        Border(
            required: problem.tensors.indices.map { TensorID($0) }.filter { problem.graph.isGraphOutput($0) },
            endsSchedule: true)
    }
}
