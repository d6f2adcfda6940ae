import Foundation
import TestSupport
import Testing

/// The repository carries the rules and the referee, so that a clean clone can read the one and run the other.
@Suite("The copies of the rules and of the referee")
struct RulesCopyTests {
    @Test(
        "are the originals, byte by byte",
        .enabled(if: ExternalFiles.originalRules() != nil, "needs ../shared/rules, the folder of the originals"),
        arguments: [("RULES.md", "models/RULES.md"), ("judge.py", "Tests/TestSupport/judge.py")])
    func copies(_ original: String, _ copy: String) throws {
        let folder = try #require(ExternalFiles.originalRules())
        let expected = try Data(contentsOf: folder.appendingPathComponent(original))
        #expect(try Data(contentsOf: ExternalFiles.packageRoot.appendingPathComponent(copy)) == expected)
    }
}
