import TensorGraph
import Testing

@Suite("Named tile orders")
struct TileOrderTests {
    @Test("on three rows of four tiles")
    func small() {
        #expect(TileOrder.raster.tiles(rows: 3, columns: 4) == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
        #expect(TileOrder.rowSnake.tiles(rows: 3, columns: 4) == [0, 1, 2, 3, 7, 6, 5, 4, 8, 9, 10, 11])
        #expect(TileOrder.columnMajor.tiles(rows: 3, columns: 4) == [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11])
        #expect(TileOrder.columnSnake.tiles(rows: 3, columns: 4) == [0, 4, 8, 9, 5, 1, 2, 6, 10, 11, 7, 3])
    }

    @Test("visit every tile once", arguments: TileOrder.named)
    func permutations(order: TileOrder) {
        for rows in 1...5 {
            for columns in 1...5 {
                #expect(order.tiles(rows: rows, columns: columns).sorted() == Array(0..<(rows * columns)))
            }
        }
    }

    @Test("A permutation is what it says, right or wrong")
    func permutation() {
        #expect(TileOrder.permutation([2, 2]).tiles(rows: 1, columns: 3) == [2, 2])
    }

    @Test("have names of their own")
    func names() {
        let all = TileOrder.named + [.permutation([0])]
        #expect(Set(all.map(\.name)).count == 5)
    }
}
