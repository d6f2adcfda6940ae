import Foundation
import TensorGraph
import TestSupport
import Testing

@Suite("mlsys import")
struct ImportCommandTests {
    private static let root = ExternalFiles.packageRoot
    private static let model = root.appendingPathComponent("Tests/ModelImportTests/Fixtures/moe.onnx").path
    private static let chip = root.appendingPathComponent("benchmarks/hardware/gemmini.json").path

    @Test("A problem with the model's names, and a table of what became of each node")
    func problem() throws {
        try withTemporaryFolder { folder in
            let file = folder.path("problem.json")
            let outcome = try Program.run("import", Self.model, "--hardware", Self.chip, "-o", file)
            #expect(outcome.exitCode == 0)
            #expect(outcome.diagnostics.isEmpty)
            #expect(outcome.output.contains("exact 100.0 %, approximated 0.0 %, beyond a boundary 0.0 %"))
            let problem = try ProblemFile.read(file)
            #expect(problem.ops.contains { $0.name?.hasPrefix("/MatMul_0") ?? false })
            #expect(problem.tensorNames?.contains("expert.0.up") ?? false)
            #expect(problem.hardware.fastMemoryCapacity == 262_144)
        }
    }

    @Test("JSON by its schema")
    func json() throws {
        let outcome = try Program.run(
            "import", Self.model, "--hardware", Self.chip, "--hardware", "fast_memory_bytes=1000", "--json")
        #expect(outcome.exitCode == 0)
        #expect(try JSONSchema(named: "import").faults(in: outcome.output) == [])
        let report = try JSONValue(parsing: outcome.output)
        let counts = try #require(report["multiply_adds"])
        #expect(counts["exact"]?.number == 17_568)
        #expect(report["fates"]?.array.map { Double($0.count) } == report["nodes"]?.number)
    }

    @Test("Bad files and misuse end in one line")
    func faults() throws {
        try withTemporaryFolder { folder in
            let noModel = try folder.file("model.onnx", "{}")
            let noChip = try folder.file("chip.json", "{\"name\": \"x\"}")
            let cases: [(arguments: [String], code: Int32)] = [
                ([noModel, "--hardware", Self.chip], 65), ([Self.model, "--hardware", noChip], 65),
                ([Self.model, "--hardware", Self.chip, "--hardware", "colour=3"], 65),
                ([folder.path("none.onnx"), "--hardware", Self.chip], 66),
                ([Self.model, "--hardware", "clock_hz=1"], 64),
                ([Self.model, "--hardware", Self.chip, "--dim", "batch=0"], 64),
            ]
            for (arguments, code) in cases {
                let outcome = try Program.shell(
                    "\"$mlsys\" import " + arguments.map { "'\($0)'" }.joined(separator: " "))
                #expect(outcome.exitCode == code, "\(arguments)")
                #expect(outcome.output.isEmpty)
                #expect(code == 64 || outcome.diagnosticLines.count == 1)
            }
            #expect(try folder.names() == ["chip.json", "model.onnx"])
        }
    }

    @Test("A problem knows its chip: solve, evaluate and report tell microseconds and bytes; --hardware sets another")
    func units() throws {
        try withTemporaryFolder { folder in
            let (file, schedule, page) = (folder.path("p.json"), folder.path("s.json"), folder.path("r.html"))
            #expect(try Program.run("import", Self.model, "--hardware", Self.chip, "-o", file).exitCode == 0)
            #expect(try JSONSchema(named: "problem").faults(in: String(contentsOfFile: file, encoding: .utf8)) == [])
            let solved = try Program.run("solve", file, "-o", schedule, "--method", "list", "--json")
            #expect(try JSONSchema(named: "solve").faults(in: solved.output) == [])
            let summary = try Program.run("solve", file, "-o", schedule, "--method", "list").output
            #expect(summary.contains(" µs) in "))

            let table = try Program.run("evaluate", file, schedule).output
            #expect(table.contains("on Gemmini, default configuration: ") && table.contains("of peak"))
            let json = try Program.run("evaluate", file, schedule, "--json").output
            #expect(try JSONSchema(named: "evaluate").faults(in: json) == [])
            let report = try JSONValue(parsing: json)
            let (latency, physical) = (try #require(report["total_latency"]?.number), try #require(report["physical"]))
            #expect(try abs(#require(physical["microseconds"]?.number) - latency * 1e-3) < 1e-9 * latency)
            #expect(physical["fast_memory_bytes"]?.number == 262_144)

            let twice = ["--hardware", Self.chip, "--hardware", "clock_hz=2e9"]
            let other = try JSONValue(
                parsing: Program.run(arguments: ["evaluate", file, schedule, "--json"] + twice).output)
            #expect(try abs(#require(other["physical"]?["microseconds"]?.number) - latency * 5e-4) < 1e-9 * latency)
            #expect(other["total_latency"]?.number == latency)
            let same = try Program.run(arguments: ["evaluate", file, schedule, "--hardware", Self.chip])
            #expect(same.diagnostics.isEmpty && same.output == table)
            let strange = try Program.run(arguments: ["evaluate", file, schedule] + twice)
            #expect(strange.diagnosticLines.count == 1 && strange.diagnostics.contains("another bandwidth than"))
            #expect(try Program.run(arguments: ["report", file, schedule, "-o", page] + twice).exitCode == 0)
            #expect(try String(contentsOfFile: page, encoding: .utf8).contains("a unit of time is 0.5 ns"))
            for arguments in [["--hardware", "clock_hz=1"], twice + ["--compare", schedule]] {
                let refused = try Program.run(arguments: ["evaluate", file, schedule] + arguments)
                #expect(refused.exitCode == 64 && refused.diagnostics.contains("--hardware"), "\(arguments)")
            }
        }
    }

    @Test("A table says what a cut leaves open, where there is one, and fits 80 columns")
    func cuts() throws {
        let fixtures = Self.root.appendingPathComponent("Tests/ModelImportTests/Fixtures")
        for (name, isCut) in [("decoder", false), ("vit", true), ("mixed", false)] {
            let path = fixtures.appendingPathComponent("\(name).onnx").path
            let outcome = try Program.run("import", path, "--hardware", Self.chip)
            #expect(outcome.exitCode == 0)
            #expect(outcome.output.contains("the graph is cut at these nodes") == isCut, "\(outcome.output)")
            #expect(outcome.output.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(outcome.output)")
        }
    }
}
