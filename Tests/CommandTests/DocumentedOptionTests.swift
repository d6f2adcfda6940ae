import Foundation
import TestSupport
import Testing

@Suite("README and help say the same of options")
struct DocumentedOptionTests {
    /// Text in lower case, each stretch of spaces one, without marks of Markdown.
    private func plain(_ text: String) -> String {
        text.replacing("`", with: "").lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// What the help of a command says of an option.
    private func help(_ command: String, _ option: String) throws -> String {
        let text = try Program.run("help", command).output
        let start = try #require(text.range(of: "\n  \(option) <"))
        let rest = text[start.upperBound...]
        let end = rest.range(of: "\n  -")?.lowerBound ?? rest.range(of: "\n\n")?.lowerBound ?? rest.endIndex
        return plain(String(rest[..<end]))
    }

    /// What the README's row of an option says.
    private func readme(_ option: String) throws -> String {
        let file = ExternalFiles.packageRoot.appendingPathComponent("README.md")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        return plain(String(try #require(lines.first { $0.hasPrefix("| `\(option)") || $0.contains("`\(option) N`") })))
    }

    @Test("--rounds: at most so many, no clock without a time limit, and then the same schedule")
    func rounds() throws {
        for text in [try help("solve", "--rounds"), try readme("--rounds")] {
            for part in ["rounds of large-neighbourhood search at most", "time limit", "no clock", "two runs"] {
                #expect(text.contains(part), "\(text)")
            }
            #expect(text.contains("give the same schedule"))
        }
        #expect(try help("bench", "--rounds").contains("no clock"))
    }

    @Test("--threads: cores, which without a clock do not change the schedule")
    func threads() throws {
        for text in [try help("solve", "--threads"), try help("bench", "--threads"), try readme("--threads")] {
            for part in ["cores to use", "without a clock", "do not change the schedule"] {
                #expect(text.contains(part), "\(text)")
            }
        }
    }

    @Test("And so it is: --rounds without a time limit gives one schedule for any --threads")
    func holds() throws {
        let file = ExternalFiles.packageRoot.appendingPathComponent("benchmarks/problems/siblings-9.json").path
        try withTemporaryFolder { folder in
            var schedules: [String] = []
            for (index, threads) in ["1", "2", "2"].enumerated() {
                let schedule = folder.path("\(index).json")
                let run = try Program.run(
                    "solve", file, "-o", schedule, "--rounds", "2", "--seed", "3", "--threads", threads,
                    secondsAtMost: 60)
                #expect(run.exitCode == 0, "\(run.diagnostics)")
                schedules.append(try String(contentsOfFile: schedule, encoding: .utf8))
            }
            #expect(Set(schedules).count == 1)
        }
    }
}
