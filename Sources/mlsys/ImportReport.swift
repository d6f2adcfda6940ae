import ModelImport

/// What `mlsys import --json` prints (`models/schema/import.schema.json`).
struct ImportReport: Encodable {
    /// Multiply-adds by how they were imported.
    struct Counts: Encodable {
        let exact: Double
        let approximated: Double
        let boundary: Double
    }

    /// What became of a node.
    struct Fate: Encodable {
        let name: String
        let type: String
        /// `exact`, `rearranged`, `view`, `constant`, `unused`, `approximated` or `boundary`.
        let fate: String
        let reason: String?
        let ops: Int
        let multiplyAdds: Double
    }

    let model: String
    let problem: String?
    let hardware: String
    let seconds: Double
    let nodes: Int
    let ops: Int
    let tensors: Int
    let multiplyAdds: Counts
    /// Nodes beyond a boundary whose multiply-adds only running the model tells.
    let nodesOfUnknownWork: Int
    let fates: [Fate]

    init(_ imported: ImportedModel, model: String, problem: String?, seconds: Double) {
        self.model = model
        self.problem = problem
        self.seconds = seconds
        hardware = imported.chip.name
        nodes = imported.nodes.count
        ops = imported.problem.ops.count
        tensors = imported.problem.tensors.count
        let sum = imported.multiplyAdds
        multiplyAdds = Counts(exact: sum.exact, approximated: sum.approximated, boundary: sum.boundary)
        nodesOfUnknownWork = imported.nodes.count { $0.isWorkUnknown }
        fates = imported.nodes.map { node in
            let (fate, reason) = Self.text(node.fate)
            return Fate(
                name: node.name, type: node.type, fate: fate, reason: reason, ops: node.opCount,
                multiplyAdds: node.multiplyAdds)
        }
    }

    private static func text(_ fate: ImportedNode.Fate) -> (String, String?) {
        switch fate {
        case .exact: ("exact", nil)
        case .rearranged(let reason): ("rearranged", reason)
        case .view: ("view", nil)
        case .constant: ("constant", nil)
        case .unused: ("unused", nil)
        case .approximated(let reason): ("approximated", reason)
        case .boundary(let reason): ("boundary", reason)
        }
    }
}
