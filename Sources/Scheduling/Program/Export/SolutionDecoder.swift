import CostModel
import Foundation
import MIP
import TensorGraph

/// Makes schedules of solutions that other solvers found for an exported program.
///
/// The program is written anew from the legend's columns, so that nothing rests on the solver's word: its values have
/// to meet every row but order cuts, then the chosen steps are put in order. Whether the schedule is valid and what it
/// costs is for the evaluator to say.
package struct SolutionDecoder {
    private let problem: Problem
    private let legend: LegendFile
    private let candidates: [Candidate]
    private let formulation: ScheduleFormulation
    /// For each column of the legend, that of the program.
    private let columns: [Int]

    /// Reads a legend.
    ///
    /// - Throws: ``DecodingFault``.
    package init(legend data: Data, problem: Problem) throws {
        self.problem = problem
        do {
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            legend = try decoder.decode(LegendFile.self, from: data)
        } catch {
            throw DecodingFault(.legend, "is no legend of an exported program")
        }
        guard let level = ScheduleFormulation.Level(rawValue: legend.level) else {
            throw DecodingFault(.legend, "has level \(legend.level.prefix(20)), which is not known")
        }
        let analyzer = StepAnalyzer(problem)
        var candidates: [Candidate] = []
        var columnOfTensor: [Int: Int] = [:]
        for (index, column) in legend.columns.enumerated() {
            if let candidate = try column.candidate(problem, analyzer) {
                guard candidates.count == index else {
                    throw DecodingFault(.legend, "has column \(column.name), a step, behind one that is none")
                }
                candidates.append(candidate)
            } else if let tensor = column.tensor {
                columnOfTensor[tensor] = index
            }
        }
        guard let sets = CandidateColumns(candidates, of: Subproblem(whole: problem)) else {
            throw DecodingFault(
                .legend, "is of a program with more than \(OpSet.capacity) ops or tensors, which has no room here")
        }
        formulation = try ScheduleFormulation(sets, candidates: candidates, problem: problem, level: level)
        guard formulation.candidateOfColumn.count == candidates.count else {
            throw DecodingFault(.legend, "has steps that level \(legend.level) leaves out")
        }
        self.candidates = candidates
        columns =
            Array(0..<candidates.count)
            + formulation.storedTensors.map { columnOfTensor[$0.index] ?? -1 }
        guard columns.allSatisfy({ $0 >= 0 }) else {
            throw DecodingFault(.legend, "lacks the column of a tensor that its steps read")
        }
    }

    /// The schedule that a solution stands for, not yet evaluated.
    ///
    /// - Throws: ``DecodingFault`` of subject `solution` for values that break a row, or steps that wait for each
    ///   other; `MIPSolutionError` for a file without a point or with a name that the legend does not have.
    package func schedule(from solution: MIPSolutionFile) throws -> Schedule {
        let point = try self.point(from: solution)
        let tolerance = FeasibilityTolerance(bound: 1e-5, integrality: 1e-5)
        let report = try FeasibilityReport(of: point, in: formulation.model, tolerance: tolerance)
        guard report.isFeasible else {
            throw DecodingFault(.solution, "breaks the program: \(report)")
        }
        // Solvers are content with nearly whole numbers; the whole ones have to do it as well.
        let whole = try FeasibilityReport(of: formulation.model.rounded(point), in: formulation.model)
        guard whole.isFeasible else {
            throw DecodingFault(.solution, "breaks the program once its values are whole: \(whole)")
        }
        let chosen = formulation.chosen(at: point)
        switch ScheduleDecoder(formulation).decode(chosen) {
        case .order(let order):
            return Schedule(
                steps: order.map { index in
                    let candidate = candidates[index]
                    return Step(
                        ops: candidate.ops, granularity: candidate.granularity, retained: candidate.retained,
                        order: candidate.order)
                })
        case .blocked(let steps, let waitingFor):
            throw DecodingFault(
                .solution,
                "has steps that cannot be ordered: \(ring(steps, waitingFor)); export the program again --with-cuts, "
                    + "which forbids this, and solve that")
        }
    }

    private func point(from solution: MIPSolutionFile) throws -> [Double] {
        if solution.format == .glpsolNumbers {
            let values = try solution.point(of: formulation.model)
            guard values.count == legend.columns.count else {
                throw DecodingFault(.solution, "has \(values.count) columns, the legend \(legend.columns.count)")
            }
            return columns.map { values[$0] }
        }
        try solution.checkHasPoint()
        let known = Set(legend.columns.map(\.name))
        if let stranger = solution.values.keys.sorted().first(where: { !known.contains($0) && $0 != "constant_one" }) {
            throw DecodingFault(.solution, "names column \(stranger.prefix(100)), which the legend does not have")
        }
        return columns.map { solution.values[legend.columns[$0].name] ?? 0 }
    }

    /// Steps that wait for each other in a ring, in words; if there is none, those that wait and what for.
    private func ring(_ steps: [Int], _ waitingFor: OpSet) -> String {
        var path: [(step: Int, why: String)] = []
        var step = steps.first
        while let current = step {
            if let start = path.firstIndex(where: { $0.step == current }) {
                let links = path[start...].map { "\($0.why) " }
                let steps = (path[start...].dropFirst().map(\.step) + [current]).map(words)
                return words(of: current) + " " + zip(links, steps).map(+).joined(separator: ", which ")
            }
            let next = supplier(of: current, among: steps, waitingFor)
            path.append((current, next?.why ?? ""))
            step = next?.step
        }
        var tensors: [TensorID] = []
        waitingFor.forEach { tensors.append(formulation.columns.tensors[$0]) }
        for step in steps { tensors += formulation.columns.handOffs[Int(formulation.columns.columns[step].resident)] }
        let lacking = Set(tensors.map(\.index)).sorted().map { TensorID($0) }
        return steps.map(words).joined(separator: ", ")
            + " wait\(steps.count == 1 ? "s" : "") for tensor\(lacking.count == 1 ? "" : "s") \(list(lacking))"
    }

    private func list(_ tensors: [TensorID]) -> String { tensors.map(\.description).joined(separator: ", ") }

    /// A step that has to run before this one, and why.
    private func supplier(of step: Int, among steps: [Int], _ waitingFor: OpSet) -> (step: Int, why: String)? {
        let columns = formulation.columns.columns
        let lacking = columns[step].slowReads.intersection(waitingFor)
        if let tensor = lacking.first, let other = steps.first(where: { columns[$0].evicted.contains(tensor) }) {
            return (other, "needs tensor \(formulation.columns.tensors[tensor]) of")
        }
        // A step runs right before the one that takes what it retains, which must be able to run by then.
        if columns[step].retained != 0,
            let taker = steps.first(where: { $0 != step && columns[$0].resident == columns[step].retained })
        {
            return (taker, "runs right before")
        }
        guard columns[step].resident != 0 else { return nil }
        let givers = steps.filter { columns[$0].retained == columns[step].resident }
        if let giver = givers.first(where: { $0 != step }) { return (giver, "runs right after") }
        let set = formulation.columns.handOffs[Int(columns[step].resident)]
        return givers.first.map { ($0, "takes tensor\(set.count == 1 ? "" : "s") \(list(set)) over from") }
    }

    private func words(of candidate: Int) -> String {
        "the step of ops \(candidates[candidate].ops.map(\.description).joined(separator: ", "))"
    }
}
