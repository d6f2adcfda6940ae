import MIP

/// One demand that every solver behind ``MIPSolver`` has to meet.
public struct ConformanceCase: Sendable, CustomStringConvertible {
    /// What it is about.
    public let description: String
    /// Whether it takes nothing but bounded integer columns and ``MIPSolver/solve(_:options:onEvent:)``.
    public let isPureInteger: Bool
    private let body: @Sendable (any MIPSolver, inout Findings) throws -> Void

    init(
        _ description: String, isPureInteger: Bool = true,
        _ body: @escaping @Sendable (any MIPSolver, inout Findings) throws -> Void
    ) {
        self.description = description
        self.isPureInteger = isPureInteger
        self.body = body
    }

    /// What a solver does wrong; empty if nothing.
    public func failures(of solver: any MIPSolver) -> [String] {
        var findings = Findings()
        do {
            try body(solver, &findings)
        } catch {
            findings.failures.append("threw \(error)")
        }
        return findings.checks == 0 ? findings.failures + ["nothing was checked"] : findings.failures
    }

    /// Every case.
    public static let all: [ConformanceCase] = terminations + integers + limits + starts + lazyRows + linear
}

/// Collects what goes wrong in a case.
public struct Findings {
    var failures: [String] = []
    var checks = 0

    mutating func expect(_ condition: Bool, _ text: @autoclosure () -> String) {
        checks += 1
        if !condition { failures.append(text()) }
    }

    mutating func expectEqual<Value: Equatable>(_ found: Value, _ wanted: Value, _ what: String) {
        expect(found == wanted, "\(what): \(found) instead of \(wanted)")
    }

    mutating func expectClose(_ found: Double?, _ wanted: Double, _ what: String) {
        guard let found else {
            expect(false, "\(what): nothing instead of \(wanted)")
            return
        }
        let isClose = found == wanted || (found - wanted).magnitude <= 1e-7 * max(1, wanted.magnitude)
        expect(isClose, "\(what): \(found) instead of \(wanted)")
    }

    /// An optimal result, whose parts agree with each other and with the model.
    mutating func expectOptimal(_ result: MIPResult, _ objective: Double, of model: MIPModel) throws {
        expectEqual(result.termination, .optimal, "termination")
        expectClose(result.incumbent?.objective, objective, "objective")
        expectClose(result.dualBound, objective, "dual bound")
        expectClose(result.gap, 0, "gap")
        try expectConsistent(result, with: model)
    }

    /// The incumbent is feasible and its objective its own; the bound does not contradict it.
    mutating func expectConsistent(_ result: MIPResult, with model: MIPModel) throws {
        guard let incumbent = result.incumbent else { return }
        let report = try FeasibilityReport(of: incumbent.point, in: model)
        expect(report.isFeasible, "incumbent: \(report)")
        expectClose(report.objective, incumbent.objective, "objective of the incumbent")
        expectEqual(incumbent.point, model.rounded(incumbent.point), "integral columns of the incumbent")
        let sign = model.sense.sign
        expect(
            sign * result.dualBound <= sign * incumbent.objective + 1e-9 * max(1, incumbent.objective.magnitude),
            "dual bound \(result.dualBound) beyond the incumbent's \(incumbent.objective)")
    }

    mutating func expectThrows(_ what: String, _ body: () throws -> Void, matching: (any Error) -> Bool) {
        checks += 1
        do {
            try body()
            failures.append("\(what): nothing thrown")
        } catch {
            if !matching(error) { failures.append("\(what): threw \(error)") }
        }
    }
}
