import Foundation
import TestSupport
import Testing

@Suite("What happens to output files")
struct OutputFileTests {
    @Test("A new file has the usual mode, an existing one keeps its own")
    func keepsMode() throws {
        try withTemporaryFolder { folder in
            let problem = try folder.file("problem.json", Samples.problem)
            let path = folder.path("schedule.json")
            #expect(try Program.shell("umask 027; \"$mlsys\" '\(problem)' '\(path)'").exitCode == 0)
            #expect(try mode(path) == 0o640)
            try FileManager.default.setAttributes([.posixPermissions: 0o604], ofItemAtPath: path)
            #expect(try Program.run(problem, path).exitCode == 0)
            #expect(try mode(path) == 0o604)
        }
    }

    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test("A symbolic link stays and its target changes", arguments: [true, false])
    func followsLinks(targetExists: Bool) throws {
        try withTemporaryFolder { folder in
            let problem = try folder.file("problem.json", Samples.problem)
            try FileManager.default.createDirectory(atPath: folder.path("far"), withIntermediateDirectories: false)
            if targetExists { _ = try folder.file("far/target.json", "old") }
            try FileManager.default.createSymbolicLink(
                atPath: folder.path("far/inner.json"), withDestinationPath: "target.json")
            try FileManager.default.createSymbolicLink(
                atPath: folder.path("outer.json"), withDestinationPath: "far/inner.json")
            #expect(try Program.run(problem, folder.path("outer.json")).exitCode == 0)
            let manager = FileManager.default
            #expect(try manager.destinationOfSymbolicLink(atPath: folder.path("outer.json")) == "far/inner.json")
            #expect(try manager.destinationOfSymbolicLink(atPath: folder.path("far/inner.json")) == "target.json")
            let written = try String(contentsOfFile: folder.path("far/target.json"), encoding: .utf8)
            #expect(written.contains("subgraphs"))
            #expect(try folder.appendingPathComponent("far").names() == ["inner.json", "target.json"])
        }
    }

    @Test("A good file survives whatever goes wrong")
    func survives() throws {
        try withTemporaryFolder { folder in
            let schedule = try folder.file("schedule.json", Samples.schedule)
            let infeasible = try folder.file("infeasible.json", Samples.infeasibleProblem)
            let broken = try folder.file("broken.json", "{")
            #expect(try Program.run(infeasible, schedule).exitCode == 3)
            #expect(try Program.run(broken, schedule).exitCode == 65)
            #expect(try Program.run(folder.path("missing.json"), schedule).exitCode == 66)
            #expect(try String(contentsOfFile: schedule, encoding: .utf8) == Samples.schedule)
            #expect(try folder.names() == ["broken.json", "infeasible.json", "schedule.json"])
        }
    }

    @Test("A file that may not be written is left alone", .enabled(if: geteuid() != 0, "root writes everything"))
    func respectsPermissions() throws {
        try withTemporaryFolder { folder in
            let problem = try folder.file("problem.json", Samples.problem)
            let schedule = try folder.file("schedule.json", "mine")
            try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: schedule)
            #expect(try Program.run(problem, schedule).exitCode == 73)
            #expect(try String(contentsOfFile: schedule, encoding: .utf8) == "mine")
        }
    }

    @Test("A special file is written to, not replaced")
    func writesToSpecialFiles() throws {
        let outcome = try Program.shell("\"$mlsys\" generate mlp -o /dev/stdout | cat")
        #expect(outcome.exitCode == 0)
        #expect(outcome.output == (try Program.run("generate", "mlp").output))
        #expect(outcome.output.hasSuffix("\n}\n"))
    }

    @Test(
        "A reader that goes away early is no error",
        arguments: [
            "generate random --ops 20000", "generate random --ops 20000 -o /dev/stdout", "--help", "help generate",
            "evaluate \"$problem\" \"$schedule\"", "evaluate \"$problem\" \"$schedule\" --json",
        ])
    func readerGoesAway(arguments: String) throws {
        try withTemporaryFolder { folder in
            let script = """
                problem='\(folder.path("p.json"))' schedule='\(folder.path("s.json"))' code='\(folder.path("code"))'
                "$mlsys" generate siblings --ops 3000 -o "$problem" || exit 1
                "$mlsys" "$problem" "$schedule" --method list --no-fusion --no-staggering > "$code" || exit 1
                { "$mlsys" \(arguments); echo $? > "$code"; } | head -n 1 > '\(folder.path("head"))'
                """
            let outcome = try Program.shell(script)
            #expect(outcome.exitCode == 0)
            #expect(try String(contentsOfFile: folder.path("head"), encoding: .utf8).count > 1)
            let code = try String(contentsOfFile: folder.path("code"), encoding: .utf8)
            // Writing to a file named by the user that cannot take it all is an error, said in one line.
            let isNamedFile = arguments.contains("-o /dev/stdout")
            #expect(code == (isNamedFile ? "73\n" : "0\n"))
            #expect(outcome.diagnosticLines.count == (isNamedFile ? 1 : 0))
        }
    }
}
