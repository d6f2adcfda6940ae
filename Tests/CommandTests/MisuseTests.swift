import Foundation
import TestSupport
import Testing

@Suite("Misuse is named as what it is")
struct MisuseTests {
    @Test(
        "64, and the first line says what is wrong",
        arguments: [
            ("slove p.json -o s.json", "There is no command 'slove'. Did you mean 'solve'?"),
            ("evalute p.json s.json", "There is no command 'evalute'. Did you mean 'evaluate'?"),
            ("help nosuch", "There is no command 'nosuch'."), ("help slove", "Did you mean 'solve'?"),
            ("solve p.json -o s.json --timelimit 3", "Unknown option '--timelimit'. Did you mean '--time-limit'?"),
            ("p.json s.json --tme-limit 3", "Unknown option '--tme-limit'. Did you mean '--time-limit'?"),
            ("--versoin", "Unknown option '--versoin'. Did you mean '--version'?"),
            ("export p.json --fromat lp", "Unknown option '--fromat'. Did you mean '--format'?"),
            ("-v", "Unknown option '-v'."), ("solve p.json -s s.json", "Unknown option '-s'."),
            ("solve p.json -o s.json -time-limit 5", "Unknown option '-time-limit'. Did you mean '--time-limit'?"),
            ("evaluate p.json s.json --frobnicate", "Unknown option '--frobnicate'."),
            ("solve p.json -o s.json --seed -1", "--seed is -1; it cannot be negative."),
            ("solve p.json -o s.json --rounds -2", "--rounds is -2; it cannot be negative."),
            ("solve p.json -o s.json --rounds=-2", "--rounds is -2"),
            ("solve p.json -o s.json --time-limit -0.5", "--time-limit is -0.5; it cannot be negative."),
            ("bound p.json --time-limit=-1", "--time-limit is -1"),
            ("solve p.json -o s.json --time-limit nan", "--time-limit is nan, which is not a number."),
            ("solve p.json -o s.json --gap nan", "--gap is nan, which is not a number."),
            ("solve p.json -o s.json --gap 1.5", "--gap is 1.5; it is a fraction, below 1."),
            ("solve p.json -o s.json --threads 0", "--threads is 0; it must be at least 1."),
            ("bench problems --threads 0", "--threads is 0; it must be at least 1."),
            ("solve '' -o s.json", "The path for PROBLEM is empty."),
            ("solve p.json -o ''", "The path for SCHEDULE is empty."),
            ("evaluate p.json ''", "The path for SCHEDULE is empty."),
            ("report p.json s.json -o ''", "The path for -o is empty."),
            ("import m.onnx --hardware ''", "The path for --hardware is empty."),
            ("evaluate p.json s.json --hardware ''", "The path for --hardware is empty."),
            ("import '' --hardware chip.json", "The path for MODEL is empty."),
            ("bench problems --time-limit nan", "--time-limit is nan, which is not a number."),
            ("decode '' --legend l --solution s -o o", "The path for PROBLEM is empty."),
            ("decode - --legend l --solution - -o o", "PROBLEM and --solution are both -;"),
            ("decode p.json --legend l --solution s -o ''", "The path for -o is empty."),
            ("evaluate - -", "PROBLEM and SCHEDULE are both -; standard input can be read once."),
            ("export p.json --format lp -o - --legend -", "-o and --legend both go to standard output."),
            ("solve p.json -o s.json --method list --seed 5", "--method list ignores --seed; leave it out"),
            ("solve p.json -o s.json --method list --gap 0.1 --threads 1", "--method list ignores --gap, --threads;"),
            ("solve p.json -o s.json --method exact --seed 5", "--method exact ignores --seed;"),
            ("solve p.json -o s.json --method hybrid --engine search", "--method hybrid ignores --engine;"),
        ])
    func isNamed(words: String, message: String) throws {
        let outcome = try Program.shell("\"$mlsys\" \(words)")
        #expect(outcome.exitCode == 64)
        #expect(outcome.output.isEmpty)
        let first = outcome.diagnosticLines.first.map(String.init) ?? ""
        #expect(first.hasPrefix("Error: ") && first.contains(message), "\(first)")
    }

    @Test("A file that is called like a command is a file; one that is not there is said to be missing")
    func filesCalledLikeCommands() throws {
        try withTemporaryFolder { folder in
            _ = try folder.file("slove", Samples.problem)
            let solved = try Program.shell("cd '\(folder.path)' && \"$mlsys\" slove s.json")
            #expect(solved.exitCode == 0, "\(solved.diagnostics)")
            let missing = try Program.shell("cd '\(folder.path)' && \"$mlsys\" network s.json")
            #expect(missing.exitCode == 66 && missing.diagnostics == "mlsys: network: no such file\n")
        }
    }
}
