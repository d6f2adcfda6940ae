import Foundation
import TestSupport
import Testing

@Suite("models/regenerate.sh")
struct ExportGoldenTests {
    @Test("Writes what is committed; ExportTextTests compare the rest")
    func writesWhatIsCommitted() throws {
        let models = ExternalFiles.packageRoot.appendingPathComponent("models")
        let names = ["crossed", "matmul", "two-pointwise-256"]
        try withTemporaryFolder { folder in
            let words = names.joined(separator: " ")
            let outcome = try Program.shell(
                "MLSYS=\"$mlsys\" sh '\(models.path("regenerate.sh"))' '\(folder.path)' \(words)")
            #expect(outcome.exitCode == 0, "\(outcome.diagnostics)")
            #expect(try folder.names() == names)
            for name in names {
                for file in ["data.dat", "legend.json", "model.lp"] {
                    let committed = models.appendingPathComponent("examples/\(name)/\(file)")
                    let written = folder.appendingPathComponent("\(name)/\(file)")
                    #expect(try Data(contentsOf: written) == Data(contentsOf: committed), "\(name)/\(file)")
                }
            }
        }
    }
}
