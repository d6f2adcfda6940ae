import TensorGraph

extension Problem {
    /// What people call an op: its number and, if it has one, its name.
    func label(_ op: OpID) -> String { "op \(op)" + (self[op].name.map { " \"\($0)\"" } ?? "") }

    /// What people call a tensor: its number and, if it has one, its name.
    func label(_ tensor: TensorID) -> String {
        let name = tensorNames.flatMap { $0[tensor.index] }
        return "tensor \(tensor)" + (name.map { " \"\($0)\"" } ?? "")
    }

    /// A tensor's label for a C comment.
    func comment(_ tensor: TensorID) -> String { cComment(label(tensor)) }
}
