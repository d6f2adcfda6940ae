import TensorGraph

/// What a row of ``ScheduleFormulation`` says.
package enum ProgramRow: Sendable, Hashable {
    /// C1: the op is in a step.
    case cover(OpID)
    /// C1': the op is in a step that can run it for the first time.
    case first(OpID)
    /// C2: whatever reads the tensor from slow memory finds it there; one reader's steps, or those of all.
    case supply(TensorID, reader: OpID?)
    /// C2: the tensor counts as stored only if a step evicts it.
    case stored(TensorID)
    /// C3: as many steps hand over the set as take it.
    case handOff([TensorID])
    /// C3: one step at most, the last, retains what no step takes.
    case lastHandOff
    /// C4: the graph output is evicted.
    case output(TensorID)
    /// C5: the step of this candidate fits in fast memory.
    case memory(candidate: Int)
    /// C2': the op first runs without the tensor from slow memory, or a step before evicted it.
    case reach(OpID, TensorID)
    /// C2 for one step: it reads the tensor only if some step evicts it.
    case supplyCut
    /// C6: steps that cannot be ordered, and those that would help.
    case orderCut
}
