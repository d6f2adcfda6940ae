import MIP
import Testing

@Suite("Solution files") struct SolutionFileTests {
    private typealias Format = MIPSolutionFile.Format

    /// The values that all samples of one model hold.
    private static let chosen = ["x1_o0_2_w64_h64_k8", "x3_o1_3_w64_h64_k8", "stored_t4", "stored_t5"]

    @Test(
        "Of every solver say the same",
        arguments: [
            (Format.glpsolTable, SolutionSamples.glpsolTable), (.cbc, SolutionSamples.cbc),
            (.cbc, SolutionSamples.cbcAll), (.highs, SolutionSamples.highs), (.highs, SolutionSamples.highsTable),
            (.scip, SolutionSamples.scip), (.gurobi, SolutionSamples.gurobi),
        ])
    func named(_ format: MIPSolutionFile.Format, _ text: String) throws {
        for text in [text, text.replacing("\n", with: "\r\n")] {
            let file = try MIPSolutionFile(text)
            #expect(file.format == format)
            #expect(Set(file.values.filter { $0.value != 0 }.keys) == Set(Self.chosen))
            #expect(file.values.values.allSatisfy { $0 == 0 || $0 == 1 })
            #expect(file.objective.map { abs($0 - 26214.4) < 1e-6 } ?? true)
            #expect(file.status == (format == .scip || format == .gurobi ? .unknown : .optimal))
        }
    }

    @Test("By number have a value for each column")
    func numbered() throws {
        let file = try MIPSolutionFile(SolutionSamples.glpsolNumbers)
        #expect(file.numbered == [0, 1, 0, 1, 0, 0, 1, 1] && file.status == .optimal && file.objective == 26214.4)
        let linear = try MIPSolutionFile(SolutionSamples.glpsolNumbersLinear)
        #expect(linear.numbered == [4.4, 1.2, 0] && linear.status == .optimal)
    }

    @Test(
        "Without a point hold none",
        arguments: [
            SolutionSamples.cbcInfeasible, SolutionSamples.glpsolInfeasible, SolutionSamples.glpsolNumbersInfeasible,
            SolutionSamples.highsInfeasible, SolutionSamples.highsTableInfeasible, SolutionSamples.scipInfeasible,
        ])
    func infeasible(_ text: String) throws {
        let file = try MIPSolutionFile(text)
        #expect(file.status == .infeasible)
        #expect(throws: MIPSolutionError.self) { try file.point(of: MIPModel()) }
        #expect(try MIPSolutionFile(SolutionSamples.cbcStopped).status == .noSolution)
    }

    @Test("Of linear programs have long names, values and duals")
    func linear() throws {
        let long = "x1_a_rather_long_name"
        for text in [SolutionSamples.glpsolLinear, SolutionSamples.cbcLinear, SolutionSamples.highsLinear] {
            let file = try MIPSolutionFile(text)
            #expect(file.values["x0"] == 4.4 && file.values[long] == 1.2 && file.values["x2"] == 0)
            guard file.format != .glpsolTable else { continue }
            #expect(file.rowDuals == ["a": 1.8, "b": 0.4])
            #expect(file.reducedCosts["x2"] == 7.8)
        }
    }

    @Test("Become points of a model, zeros filled in; strangers are refused")
    func points() throws {
        var model = MIPModel()
        for name in ["x0_o2_w64_h64_k43"] + Self.chosen { try model.addColumn(Column(name, .unit)) }
        #expect(try MIPSolutionFile(SolutionSamples.scip).point(of: model) == [0, 1, 1, 1, 1])
        var smaller = MIPModel()
        try smaller.addColumn(Column("x1_o0_2_w64_h64_k8", .unit))
        #expect(throws: MIPSolutionError.self) { try MIPSolutionFile(SolutionSamples.scip).point(of: smaller) }
        #expect(throws: MIPSolutionError.self) { try MIPSolutionFile(SolutionSamples.glpsolNumbers).point(of: model) }
    }

    @Test("That are none, or broken, are refused with their line")
    func broken() {
        let cases: [(String, Int?)] = [
            ("", nil), ("\n\n", nil), ("hello\n", 1), ("\n{\"a\": 1}\n", 2),
            ("objective value: x\n", 1), ("objective value: 3\nx\n", 2), ("# Objective value = 3\nx one\n", 2),
            ("Optimal - objective value 3\n 0 x\n", 2), ("Optimal - objective value 3\n 0 x nan\n", 2),
            ("s mip 1 9999999 o 3\n", 1), ("s mip 1 1 o 3\nj 2 1\n", 2), ("Model status\nOptimal\n# Columns 1\nx\n", 4),
        ]
        for (text, line) in cases {
            do {
                let file = try MIPSolutionFile(text)
                Issue.record("\(text) is read as \(file)")
            } catch {
                #expect(error.line == line, "\(text): \(error)")
            }
        }
    }

    @Test("Cut or changed anywhere never crash the reader")
    func mutations() {
        let samples = [
            SolutionSamples.glpsolTable, SolutionSamples.glpsolNumbers, SolutionSamples.cbcAll, SolutionSamples.highs,
            SolutionSamples.highsTable, SolutionSamples.scip, SolutionSamples.gurobi,
        ]
        for text in samples {
            for length in stride(from: 0, to: text.count, by: 7) {
                _ = try? MIPSolutionFile(String(text.prefix(length)))
                _ = try? MIPSolutionFile(String(text.dropFirst(length)))
                _ = try? MIPSolutionFile(text.prefix(length) + "-9e999 \u{0} é" + text.dropFirst(length + 3))
            }
        }
    }
}
