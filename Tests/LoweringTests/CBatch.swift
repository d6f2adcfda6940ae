import CostModel
import Foundation
import Lowering
import TensorGraph
import TestSupport
import Testing

/// Many plans as C programs in one executable.
struct CBatch {
    /// What a program printed, and how it ended.
    struct Outcome: Decodable, Equatable {
        var loaded = -1
        var evicted = -1
        var peak = -1
        var maxRelativeError = Double.infinity
        var exitCode: Int32 = -1

        enum CodingKeys: String, CodingKey {
            case loaded, evicted, peak
            case maxRelativeError = "max_relative_error"
        }

        init() {}

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            loaded = try container.decode(Int.self, forKey: .loaded)
            evicted = try container.decode(Int.self, forKey: .evicted)
            peak = try container.decode(Int.self, forKey: .peak)
            maxRelativeError = try container.decode(Double.self, forKey: .maxRelativeError)
        }
    }

    /// The flags that every generated file has to be clean under.
    static let flags = ["-std=c99", "-O2", "-Wall", "-Wextra", "-Werror"]
    static let sanitizers = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-g"]
    static let compiler = InstalledTool.cc

    /// Compiles and runs the programs; what each did.
    ///
    /// - Throws: what the compiler said.
    static func run(_ programs: [String], flags: [String] = flags) throws -> [Outcome] {
        try withTemporaryFolder { folder in
            for (number, text) in programs.enumerated() {
                let renamed = "#define main program_\(number)\n" + text
                try renamed.write(to: folder.appendingPathComponent("p\(number).c"), atomically: true, encoding: .utf8)
            }
            let numbers = programs.indices
            let driver = """
                #include <stdlib.h>
                \(numbers.map { "int program_\($0)(int, char **);" }.joined(separator: "\n"))
                int main(int argc, char **argv) {
                    switch (argc > 1 ? atoi(argv[1]) : -1) {
                \(numbers.map { "case \($0): return program_\($0)(1, argv);" }.joined(separator: "\n"))
                    }
                    return 3;
                }
                """
            try driver.write(to: folder.appendingPathComponent("driver.c"), atomically: true, encoding: .utf8)
            let files = numbers.map { "p\($0).c" } + ["driver.c"]
            let built = try compiler.run(flags + files + ["-o", "all", "-lm"], in: folder)
            guard built.exitCode == 0 else { throw CompilerMessage(description: String(built.text.prefix(2000))) }
            let script = "for n in $(seq 0 \(programs.count - 1)); do ./all $n; echo $?; done"
            let lines = try InstalledTool.bash.run(["-c", script], in: folder).text.split(separator: "\n")
            guard lines.count == 2 * programs.count else {
                throw CompilerMessage(description: "\(programs.count) programs print: \(lines.prefix(40))")
            }
            return try numbers.map { number in
                let line = lines[2 * number]
                guard var outcome = try? JSONDecoder().decode(Outcome.self, from: Data(line.utf8)) else {
                    throw CompilerMessage(description: "program \(number): \(line)")
                }
                outcome.exitCode = Int32(lines[2 * number + 1]) ?? -1
                return outcome
            }
        }
    }

    /// Compiles and runs the programs of plans and records what any of them does otherwise than the plan says.
    static func check(_ cases: [PlanCase], flags: [String] = flags) throws {
        let outcomes = try run(cases.map(\.cText), flags: flags)
        #expect(outcomes.count == cases.count && !cases.isEmpty)
        for (made, outcome) in zip(cases, outcomes) {
            if let fault = made.fault(of: outcome) { Issue.record("\(fault)") }
        }
    }

    struct CompilerMessage: Error, CustomStringConvertible {
        let description: String
    }
}

/// A problem with a valid schedule and its plan.
struct PlanCase {
    let plan: Plan
    let schedule: Schedule
    let seed: UInt64

    /// - Throws: `RuleViolation`, `LoweringError`.
    init(_ schedule: Schedule, problem: Problem, seed: UInt64 = 0) throws {
        let evaluation = try Evaluator(problem).evaluate(schedule)
        plan = try Plan(schedule, evaluation, problem: problem)
        self.schedule = schedule
        self.seed = seed
    }

    var cText: String { CProgram(plan, title: "seed \(seed)").text() }

    /// What is wrong with what the program did; nil if nothing.
    func fault(of outcome: CBatch.Outcome) -> String? {
        let wanted = (Int(plan.loadedElements), Int(plan.evictedElements), Int(plan.peakWorkingSet))
        guard outcome.exitCode == 0, outcome.maxRelativeError <= 1e-3,
            (outcome.loaded, outcome.evicted, outcome.peak) == wanted
        else { return "seed \(seed): \(outcome) instead of \(wanted)" }
        return nil
    }
}
