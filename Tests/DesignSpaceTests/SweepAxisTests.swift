import DesignSpace
import Testing

@Suite("Values of a sweep's axes")
struct SweepAxisTests {
    @Test(
        "Lists, ranges by factor and by step, binary units; ascending and once each",
        arguments: [
            ("32k:1M:x2", [32, 64, 128, 256, 512, 1024].map { $0 << 10 }), ("5", [5]), ("3,1,2,1", [1, 2, 3]),
            ("10:50:+20", [10, 30, 50]), ("10:49:+20", [10, 30]), ("1:8:x3", [1, 3]),
            ("1k,16:18:+1", [16, 17, 18, 1024]),
            ("2:2:x2", [2]), ("1:10:x1.5", [1, 2, 3, 5, 7]), ("1G", [1 << 30]), ("1e3", [1000]),
        ])
    func integers(text: String, values: [Int]) throws {
        #expect(try SweepAxis.integers(text) == values)
    }

    @Test("Fractions, where a number need not be whole")
    func numbers() throws {
        #expect(try SweepAxis.numbers("0.5:2:x2") == [0.5, 1, 2])
        #expect(try SweepAxis.numbers("0.1:0.3:+0.1").count == 3)
    }

    @Test("Native tiles")
    func tiles() throws {
        #expect(
            try SweepAxis.tiles("128,64x256,32:64:x2").map { [$0.width, $0.height] } == [
                [32, 32], [64, 64], [64, 256], [128, 128],
            ])
    }

    @Test(
        "What is no axis is said to be none, and why",
        arguments: [
            ("", "no number"), ("a", "no number"), ("1,,2", "no number"), ("0", "above 0"), ("-3", "above 0"),
            ("nan", "no number"), ("inf", "no number"), ("0x10", "no number"), ("1:2", "no range"),
            ("1:2:3", "no step"),
            ("1:2:x1", "leads nowhere"), ("1:2:+0", "no number"), ("2:1:x2", "below its start"),
            ("1:9007199254740992:+1", "more than 10000 values"), ("1e300", "2^53"), ("0.25", "below 1"),
        ])
    func faults(text: String, reason: String) throws {
        let fault = #expect(throws: SweepAxis.Fault.self) { try SweepAxis.integers(text) }
        #expect(fault?.description.contains(reason) == true, "\(fault?.description ?? "")")
    }

    @Test("A tile needs whole sides", arguments: ["1.5x2", "0x3", "x", "1x2x3"])
    func badTiles(text: String) { #expect(throws: SweepAxis.Fault.self) { _ = try SweepAxis.tiles(text) } }

    @Test("Every point is solved once, the last first and the first second, each then halving a gap")
    func order() throws {
        for count in 1...40 {
            let grid = try #require(
                SweepGrid(capacities: Array(1...count), bandwidths: [1, 2], natives: [(4, 4)]))
            #expect(grid.order.sorted() == Array(grid.points.indices))
            let upper = grid.order.prefix(count).map { $0 - count }
            #expect(upper.first == count - 1 && (count == 1 || upper[1] == 0))
            // Everything that is solved later lies between two that are solved.
            for (place, position) in upper.enumerated().dropFirst(2) {
                #expect(upper[..<place].contains { $0 > position } && upper[..<place].contains { $0 < position })
            }
        }
        #expect(
            SweepGrid(capacities: Array(1...1000), bandwidths: Array(1...1000).map(Double.init), natives: [(1, 1)])
                == nil)
    }
}
