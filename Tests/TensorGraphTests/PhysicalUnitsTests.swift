import Foundation
import TensorGraph
import TestSupport
import Testing

@Suite("Physical units")
struct PhysicalUnitsTests {
    private static let units = PhysicalUnits(
        hardware: "a \"chip\"", secondsPerUnit: 1 / 1.4e9, bytesPerElement: 2, multiplyAddsPerUnit: 16384)

    private func problem(units: PhysicalUnits? = nil) throws -> Problem {
        var graph = ProblemBuilder(
            on: Hardware(fastMemoryCapacity: 1000, slowMemoryBandwidth: 2, nativeWidth: 8, nativeHeight: 8),
            multiplyAddsPerTime: 64, elementsPerTime: 8)
        let (a, b) = (graph.input("a", rows: 6, columns: 10), graph.input("b", rows: 10, columns: 4))
        _ = graph.map("active", "exp", graph.matMul("product", a, b))
        return try graph.problem().measured(in: units)
    }

    private func fault(_ json: String) throws -> String? {
        try withTemporaryFolder { folder in
            let path = folder.appendingPathComponent("problem.json").path
            let text = ProblemFile.text(of: try problem())
                .replacing("{\n", with: "{\n  \"physical_units\": \(json),\n", maxReplacements: 1)
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            do throws(FileError) {
                _ = try ProblemFile.read(path)
                return nil
            } catch {
                #expect(error.kind == .badData)
                return error.message
            }
        }
    }

    @Test("A file keeps them to the last bit, by the schema; no cost depends on them")
    func file() throws {
        let problem = try problem(units: Self.units)
        let text = ProblemFile.text(of: problem)
        #expect(try JSONSchema(named: "problem").faults(in: text) == [])
        try withTemporaryFolder { folder in
            let path = folder.appendingPathComponent("problem.json").path
            try ProblemFile.write(problem, to: path)
            let read = try ProblemFile.read(path)
            #expect(read.physicalUnits == Self.units)
            #expect(try read.fingerprint == self.problem().fingerprint)
        }
        #expect(try !ProblemFile.text(of: self.problem()).contains("physical_units"))
    }

    @Test(
        "What is at fault is named",
        arguments: [
            ("null", nil),
            ("{\"hardware\": \"x\", \"seconds_per_unit\": 1, \"bytes_per_element\": 1, \"more\": []}", nil),
            ("{\"hardware\": \"x\", \"seconds_per_unit\": 1}", "the field \"bytes_per_element\" is missing"),
            (
                "{\"hardware\": \"x\", \"seconds_per_unit\": 0, \"bytes_per_element\": 1}",
                "seconds_per_unit in physical_units is 0.0; it must be between 1e-18 and 1e18"
            ),
            (
                "{\"hardware\": \"x\", \"seconds_per_unit\": 1, \"bytes_per_element\": 1, \"multiply_adds_per_unit\": -1}",
                "multiply_adds_per_unit in physical_units is -1.0; it must be between 1e-18 and 1e18"
            ),
            ("{\"hardware\": 1, \"seconds_per_unit\": 1}", "\"physical_units.hardware\" is not a string"),
            (
                "{\"hardware\": \"x\", \"seconds_per_unit\": 1e400, \"bytes_per_element\": 1}",
                "\"physical_units.seconds_per_unit\" is out of range"
            ),
            ("[1]", "\"physical_units\" is not an object"),
        ])
    func faults(json: String, message: String?) throws {
        let found = try fault(json)
        #expect(found?.replacing(#/ \(line 2, column \d+\)/#, with: "") == message)
    }

    @Test("Products have multiply-adds, functions have none")
    func work() throws {
        let problem = try problem()
        let work: [Double] = problem.opIDs.map { problem.multiplyAdds(of: $0) }
        #expect(work == [240, 0])
    }
}
