import TensorGraph

extension ScheduleFile {
    /// The JSON text of a schedule, with the latencies and grids that the evaluator found.
    public static func text(of schedule: Schedule, _ evaluation: Evaluation) -> String {
        text(
            of: schedule, latencies: evaluation.latencies,
            grids: evaluation.steps.map { (rows: $0.gridRows, columns: $0.gridColumns) })
    }

    /// Writes a schedule file, or replaces one in one step: readers see the old schedule or the new. `-` is standard
    /// output.
    ///
    /// - Parameters:
    ///   - schedule: the schedule.
    ///   - evaluation: what the evaluator says of it.
    ///   - path: the file.
    /// - Throws: `FileError` of kind `cannotCreate`.
    public static func write(
        _ schedule: Schedule, _ evaluation: Evaluation, to path: String
    ) throws(FileError) {
        try writeAtomically(text(of: schedule, evaluation), to: path)
    }
}
