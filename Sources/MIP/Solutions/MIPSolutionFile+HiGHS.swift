extension MIPSolutionFile {
    /// HiGHS's style 0: `Model status`, then sections of names and values for primal and dual.
    static func highs(_ lines: [SolutionLine]) throws(MIPSolutionError) -> MIPSolutionFile {
        var file = MIPSolutionFile(format: .highs)
        var section = ""
        var isDual = false
        var isStatusNext = false
        for line in lines where !line.words.isEmpty {
            if line.text.hasPrefix("Model status") {
                isStatusNext = true
            } else if isStatusNext {
                file.readStatus(line.text.lowercased())
                isStatusNext = false
            } else if line.text.hasPrefix("# Primal") || line.text.hasPrefix("# Dual") {
                isDual = line.text.hasPrefix("# Dual")
                section = "head"
            } else if line.text.hasPrefix("# Basis") {
                break
            } else if line.text.hasPrefix("#") {
                section = line.words.count > 1 ? String(line.words[1]) : ""
            } else if section == "head" {
                if line.words[0] == "Objective" { file.objective = try line.value(1) }
                if line.words[0] == "Objective_bound" {
                    file.bound = line.words.count > 1 ? Double(line.words[1]) : nil
                }
                if line.words[0] == "None", !isDual, file.status == .feasible { file.status = .noSolution }
            } else if section == "Columns" || section == "Rows" {
                let name = String(line.words[0])
                let value = try line.value(1)
                switch (section, isDual) {
                case ("Columns", false): file.values[name] = value
                case ("Columns", true): file.reducedCosts[name] = value
                case (_, true): file.rowDuals[name] = value
                default: break
                }
            }
        }
        return file
    }

    private mutating func readStatus(_ word: String) {
        if word.hasPrefix("optimal") {
            status = .optimal
        } else if word.contains("infeasible") {
            status = word.contains("unbounded") ? .unknown : .infeasible
        } else if word.contains("unbounded") {
            status = .unbounded
        } else {
            status = .feasible
        }
    }

    /// HiGHS's style 1: tables of columns and rows with their names last.
    static func highsTable(_ lines: [SolutionLine]) throws(MIPSolutionError) -> MIPSolutionFile {
        var file = MIPSolutionFile(format: .highs)
        var (isInTable, isInColumns) = (false, true)
        for line in lines where !line.words.isEmpty {
            if line.words[0] == "Rows" { isInColumns = false }
            if line.text.hasPrefix("Model status:") {
                file.readStatus(line.words.dropFirst(2).joined(separator: " ").lowercased())
            } else if line.text.hasPrefix("Objective value:"), let value = line.words.last.flatMap({ Double($0) }) {
                file.objective = value.isFinite ? value : nil
            } else if line.words[0] == "Index" {
                isInTable = true
            } else if line.words[0] == "Columns" || line.words[0] == "Rows" {
                isInTable = false
            } else if isInTable, isInColumns {
                // Index, status or nothing, lower, upper, primal, dual or nothing, type, name.
                let numbers = line.words.dropFirst().compactMap { Double($0) }
                guard let name = line.words.last, numbers.count >= 2 else {
                    throw MIPSolutionError(line: line.number, "is not a line of a table of columns")
                }
                // Without a point the values are left blank.
                if numbers.count >= 3 { file.values[String(name)] = numbers[2] }
            }
        }
        if file.values.isEmpty, file.status != .infeasible, file.status != .unbounded { file.status = .noSolution }
        return file
    }
}
