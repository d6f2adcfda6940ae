import Foundation
import TensorGraph
import TestSupport
import Testing

@Suite("Numbers in JSON")
struct JSONNumberTests {
    @Test(
        "Whole numbers have no fraction, others the shortest one",
        arguments: [
            (0.0, "0"), (3276.8, "3276.8"), (4400, "4400"), (-2, "-2"), (0.1 + 0.2, "0.30000000000000004"),
            (0x1p53, "9007199254740992"),
        ])
    func spelling(value: Double, expected: String) {
        #expect(jsonNumber(value) == expected)
    }

    @Test("Numbers that JSON does not have are null", arguments: [Double.nan, .infinity, -.infinity])
    func notFinite(value: Double) {
        #expect(jsonNumber(value) == "null")
    }

    @Test("Every number reads back as itself")
    func roundTrip() throws {
        var random = RandomSource(seed: 15)
        for _ in 0..<2000 {
            let value = Double(bitPattern: random.next())
            guard value.isFinite else { continue }
            let copy = try JSONDecoder().decode([Double].self, from: Data("[\(jsonNumber(value))]".utf8))
            #expect(copy == [value])
        }
    }
}
