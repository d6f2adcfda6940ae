extension MIPSolutionFile {
    /// SCIP: `solution status:` and `objective value:`, then names and values, zeros left out.
    static func scip(_ lines: [SolutionLine]) throws(MIPSolutionError) -> MIPSolutionFile {
        var file = MIPSolutionFile(format: .scip)
        for line in lines where !line.words.isEmpty {
            if line.text.hasPrefix("solution status:") {
                let status = line.text.lowercased()
                file.status =
                    status.contains("infeasible")
                    ? .infeasible
                    : status.contains("unbounded") ? .unbounded : status.contains("optimal") ? .optimal : .feasible
            } else if line.text.hasPrefix("objective value:") {
                file.objective = try line.value(2)
            } else if line.text.hasPrefix("no solution") {
                file.status = file.status == .infeasible ? .infeasible : .noSolution
            } else {
                file.values[String(line.words[0])] = try line.value(1)
            }
        }
        return file
    }

    /// Gurobi: comments, of which one states the objective, then names and values.
    static func gurobi(_ lines: [SolutionLine]) throws(MIPSolutionError) -> MIPSolutionFile {
        var file = MIPSolutionFile(format: .gurobi)
        for line in lines where !line.words.isEmpty {
            if line.words[0].hasPrefix("#") {
                if line.text.lowercased().contains("objective value"), let last = line.words.last {
                    file.objective = Double(last)
                }
            } else {
                file.values[String(line.words[0])] = try line.value(1)
            }
        }
        return file
    }

    /// `glpsol -o`: a head, a table of rows and one of columns. A name longer than its column has its numbers on the
    /// line below; an asterisk marks an integral column of a MIP, two letters the status of one of an LP.
    static func glpsolTable(_ lines: [SolutionLine]) throws(MIPSolutionError) -> MIPSolutionFile {
        var file = MIPSolutionFile(format: .glpsolTable)
        var isInColumns = false
        var name: String?
        for line in lines {
            guard let first = line.words.first else {
                if !file.values.isEmpty { isInColumns = false }
                continue
            }
            if line.text.hasPrefix("Status:") {
                file.status = status(glpk: line.words.dropFirst().joined(separator: " "))
            } else if line.text.hasPrefix("Objective:"), line.words.count >= 4 {
                file.objective = try line.value(3)
            } else if first == "No." {
                isInColumns = line.words.count > 1 && line.words[1] == "Column"
            } else if isInColumns, !first.hasPrefix("-") || name != nil {
                var words = Array(line.words)
                if name == nil {
                    guard words.count >= 2, Int(words[0]) != nil else { continue }
                    name = String(words[1])
                    words.removeFirst(2)
                }
                // Behind the name come a mark or a status, and the activity.
                guard let word = words.first(where: { $0 == "<" || Double($0) != nil }) else { continue }
                // `< eps` stands for next to nothing.
                if let name { file.values[name] = Double(word) ?? 0 }
                name = nil
            }
        }
        return file
    }

    private static func status(glpk words: String) -> Status {
        switch words {
        case "INTEGER OPTIMAL", "OPTIMAL": .optimal
        case "INTEGER NON-OPTIMAL", "FEASIBLE": .feasible
        case "INTEGER EMPTY", "INFEASIBLE (FINAL)": .infeasible
        case "UNBOUNDED": .unbounded
        default: .noSolution
        }
    }

    /// `glpsol -w`: `s mip ROWS COLUMNS STATUS OBJECTIVE`, then `j NUMBER VALUE` for each column.
    static func glpsolNumbers(_ lines: [SolutionLine]) throws(MIPSolutionError) -> MIPSolutionFile {
        var file = MIPSolutionFile(format: .glpsolNumbers)
        for line in lines {
            switch line.words.first {
            case "s" where line.words.count >= 6:
                let isMIP = line.words[1] == "mip"
                let count = Int(line.words[3]) ?? 0
                guard (0...lines.count).contains(count) else {
                    throw MIPSolutionError(line: line.number, "counts \(count) columns; the file has fewer lines")
                }
                file.numbered = Array(repeating: 0, count: count)
                file.objective = try line.value(line.words.count - 1)
                switch line.words[4] {
                case "o": file.status = .optimal
                case "f": file.status = !isMIP && line.words[5] == "f" ? .optimal : .feasible
                case "n": file.status = .infeasible
                default: file.status = .noSolution
                }
            case "j":
                // An LP has the column's basis status in between.
                guard line.words.count >= 3, let number = Int(line.words[1]), number >= 1,
                    number <= file.numbered.count
                else { throw MIPSolutionError(line: line.number, "names a column that the file does not have") }
                file.numbered[number - 1] = try line.value(Double(line.words[2]) == nil ? 3 : 2)
            default: continue
            }
        }
        return file
    }
}
