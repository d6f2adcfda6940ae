import TensorGraph

/// What the steps around a window give to its steps and want of them, in the tensors of the window's problem.
struct Border: Sendable, Hashable {
    /// Tensors that the window's steps have to evict, because later steps read them or they are graph outputs.
    var required: [TensorID] = []
    /// Tensors that ops of the window write and that are in slow memory before it, because an earlier step evicts them.
    var available: [TensorID] = []
    /// Tensors that the step before the window hands over, ascending. They are not in slow memory.
    var resident: [TensorID] = []
    /// Tensors that the window's last step hands over, ascending.
    var retained: [TensorID] = []
}
