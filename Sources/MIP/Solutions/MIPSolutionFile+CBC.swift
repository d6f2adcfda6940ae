extension MIPSolutionFile {
    /// CBC 2.10: `Optimal - objective value X`, then lines of index, name, value and reduced cost; with
    /// `-printingOptions all` those of the rows come first, numbered from 0 too. `**` marks a line out of bounds.
    static func cbc(_ lines: [SolutionLine]) throws(MIPSolutionError) -> MIPSolutionFile {
        var file = MIPSolutionFile(format: .cbc)
        var isRow = false
        var hasHead = false
        for line in lines where !line.words.isEmpty {
            guard hasHead else {
                file.readHead(line.text.lowercased())
                if line.text.contains("objective value"), let last = line.words.last { file.objective = Double(last) }
                hasHead = true
                // A second line with index 0 says that the first ones are rows.
                isRow = lines.count { $0.number > line.number && $0.index == 0 } > 1
                continue
            }
            let words = line.words.first == "**" ? Array(line.words.dropFirst()) : line.words
            let shift = line.words.count - words.count
            guard words.count >= 3, let index = line.index else {
                throw MIPSolutionError(line: line.number, "is not index, name and value: \(line.text.prefix(60))")
            }
            if isRow, index == 0, !file.rowDuals.isEmpty { isRow = false }
            let name = String(words[1])
            if isRow {
                file.rowDuals[name] = words.count > 3 ? try line.value(3 + shift) : 0
            } else {
                file.values[name] = try line.value(2 + shift)
                if words.count > 3 { file.reducedCosts[name] = try line.value(3 + shift) }
            }
        }
        return file
    }

    private mutating func readHead(_ head: String) {
        if head.contains("infeasible") {
            status = .infeasible
        } else if head.contains("unbounded") {
            status = .unbounded
        } else if head.hasPrefix("optimal") {
            status = .optimal
        } else {
            // "Stopped on time": values follow if there is a point, and those of the relaxation if not; who uses them
            // checks them.
            status = head.contains("no integer solution") || head.contains("no solution") ? .noSolution : .feasible
        }
    }
}

extension SolutionLine {
    /// The number that a line of CBC begins with.
    fileprivate var index: Int? {
        (words.first == "**" ? words.dropFirst().first : words.first).flatMap { Int($0) }
    }
}
