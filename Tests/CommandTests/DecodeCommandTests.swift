import Foundation
import TestSupport
import Testing

@Suite("mlsys decode")
struct DecodeCommandTests {
    private static let problem =
        ExternalFiles.packageRoot.appendingPathComponent("models/examples/crossed/problem.json").path

    /// Gurobi's form is the plainest to write by hand.
    private func solution(_ names: [String]) -> String {
        "# Objective value = 0\n" + names.map { "\($0) 1\n" }.joined()
    }

    /// The names of the columns whose steps have just these ops, by ops.
    private func columns(_ legend: String) throws -> [[Int]: String] {
        let fields = try JSONValue(parsing: String(contentsOfFile: legend, encoding: .utf8))
        var names: [[Int]: String] = [:]
        for column in fields["columns"]?.array ?? [] {
            guard let ops = column["ops"]?.array?.compactMap({ $0.number.map { Int($0) } }) else { continue }
            if names[ops] == nil { names[ops] = column["name"]?.string }
        }
        return names
    }

    @Test("A choice of steps becomes a schedule; one that breaks a row or has no order does not")
    func choices() throws {
        try withTemporaryFolder { folder in
            let (legend, schedule) = (folder.path("legend.json"), folder.path("s.json"))
            #expect(
                try Program.run(
                    "export", Self.problem, "--format", "lp", "-o", folder.path("m.lp"), "--legend", legend
                ).exitCode == 0)
            let names = try columns(legend)
            let pairs = try [#require(names[[0, 2]]), #require(names[[1, 3]])]
            let (first, second) = (try #require(names[[0]]), try #require(names[[2]]))
            func decode(_ chosen: [String]) throws -> Program.Outcome {
                let file = try folder.file("x.sol", solution(chosen))
                return try Program.run(
                    "decode", Self.problem, "--legend", legend, "--solution", file, "-o", schedule)
            }
            let ring = try decode(pairs + ["stored_t4", "stored_t5"])
            #expect(ring.exitCode == 65 && ring.output.isEmpty && ring.diagnosticLines.count == 1)
            #expect(
                ring.diagnostics.contains(
                    "the step of ops 0, 2 needs tensor 5 of the step of ops 1, 3, which needs tensor 4 of the step of "
                        + "ops 0, 2; export the program again --with-cuts"))
            let broken = try decode([pairs[0]])
            #expect(broken.exitCode == 65 && broken.diagnostics.contains("breaks the program"))
            let stranger = try decode(["nobody"])
            #expect(stranger.exitCode == 65 && stranger.diagnostics.contains("column nobody"))
            #expect(!FileManager.default.fileExists(atPath: schedule))
            let valid = try decode([first, second, pairs[1], "stored_t4", "stored_t5"])
            #expect(valid.exitCode == 0, "\(valid.diagnostics)")
            #expect(valid.output.contains("latency 29,491.2 in 3 steps"))
            #expect(try Program.run("evaluate", Self.problem, schedule).exitCode == 0)
            let piped = try Program.run(
                "decode", Self.problem, "--legend", legend, "--solution", folder.path("x.sol"), "-o", "-")
            #expect(piped.diagnostics == "-: latency 29,491.2 in 3 steps\n")
            #expect(piped.output == (try String(contentsOfFile: schedule, encoding: .utf8)))
            for format in ["cbc", "gurobi", "highs", "scip"] {
                let start = try Program.run(
                    "export", Self.problem, "--format", "mst", "--schedule", schedule, "--start-for", format)
                #expect(start.exitCode == 0 && start.output.contains(first))
                // The objective, up to a last digit.
                #expect(start.output.contains("29491.2") || start.output.contains("29491.19999"))
            }
        }
    }

    @Test("A step that takes over what only it leaves is named; rows of --with-cuts forbid it")
    func takesOverFromItself() throws {
        let problem = ExternalFiles.packageRoot
            .appendingPathComponent("models/examples/thrown-away/problem.json").path
        try withTemporaryFolder { folder in
            let (model, legend) = (folder.path("m.lp"), folder.path("legend.json"))
            // As SCIP, CBC and glpsol solve the program without rows that forbid it.
            let chosen = solution(["x12_o1_3_w16_h16_k1", "x110_o0_1_2_w16_h16_k1_a8_r8"])
            let file = try folder.file("x.sol", chosen)
            for cuts in [[], ["--with-cuts"]] {
                let exported = try Program.run(
                    arguments: ["export", problem, "--format", "lp", "-o", model, "--legend", legend] + cuts)
                #expect(exported.exitCode == 0)
                let outcome = try Program.run(
                    "decode", problem, "--legend", legend, "--solution", file, "-o", folder.path("s.json"))
                #expect(outcome.exitCode == 65)
                #expect(
                    outcome.diagnostics.contains(
                        "the step of ops 0, 1, 2 takes tensor 8 over from the step of ops 0, 1, 2"))
                let rows = try String(contentsOfFile: model, encoding: .utf8)
                #expect(rows.contains("begin_t8:") == !cuts.isEmpty)
            }
        }
    }

    @Test("Files that are no legend or no solution are refused by name")
    func badFiles() throws {
        try withTemporaryFolder { folder in
            let (junk, out) = (try folder.file("junk", "{}"), folder.path("s.json"))
            let outcome = try Program.run("decode", Self.problem, "--legend", junk, "--solution", junk, "-o", out)
            #expect(outcome.exitCode == 65 && outcome.diagnosticLines.count == 1 && outcome.diagnostics.contains(junk))
            let solution = try folder.file("x.sol", solution(["a"]))
            let legend = try Program.run("decode", Self.problem, "--legend", junk, "--solution", solution, "-o", out)
            #expect(legend.exitCode == 65 && legend.diagnostics.contains("no legend"))
            #expect(try folder.names() == ["junk", "x.sol"])
        }
    }
}
