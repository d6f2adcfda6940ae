import Foundation
import TestSupport
import Testing

@Suite("The files in models/examples")
struct ExportGoldenTests {
    private static let models = ExternalFiles.packageRoot.appendingPathComponent("models")
    private static let examples = models.appendingPathComponent("examples")

    @Test("The exporter still writes them, byte for byte")
    func areReproducible() throws {
        let names = try Self.examples.names()
        #expect(names.count >= 8)
        try withTemporaryFolder { folder in
            let script = Self.models.path("regenerate.sh")
            let outcome = try Program.shell("MLSYS=\"$mlsys\" sh '\(script)' '\(folder.path)'")
            #expect(outcome.exitCode == 0, "\(outcome.diagnostics)")
            for name in names {
                for file in ["model.lp", "data.dat", "legend.json"] {
                    let committed = try String(
                        contentsOf: Self.examples.appendingPathComponent("\(name)/\(file)"), encoding: .utf8)
                    let written = try String(
                        contentsOf: folder.appendingPathComponent("\(name)/\(file)"), encoding: .utf8)
                    #expect(
                        written == committed,
                        "\(name)/\(file) differs; if that is meant, run models/regenerate.sh and commit")
                }
            }
        }
    }
}
