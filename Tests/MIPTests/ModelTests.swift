import MIP
import Testing

@Suite struct ModelTests {
    @Test func termsOfOneColumnAreSummedAndZerosDropped() throws {
        var model = MIPModel()
        let x = try model.addColumn(Column("x"))
        let y = try model.addColumn(Column("y"))
        try model.addRow(Row("r", [Term(1, y), Term(2, x), Term(3, y), Term(-2, x)], .atMost(5)))
        #expect(model.rows[0].terms == [Term(4, y)])
        #expect(model.nonzeroCount == 1)
        let z = try model.addColumn(Column("z"), entries: [Entry(1, in: RowID(0)), Entry(0.5, in: RowID(0))])
        #expect(model.rows[0].terms == [Term(4, y), Term(1.5, z)])
        #expect(model.nonzeroCount == 2)
    }

    @Test func constantsOfExpressionsMoveToTheBounds() {
        let row = Row("r", LinearExpression([Term(1, ColumnID(0))], constant: 3), .range(-1, 5))
        #expect(row.bounds == .range(-4, 2))
        let formula = 2 * ColumnID(0) - (1 * ColumnID(1) + LinearExpression(constant: 4))
        #expect(formula.value(at: [5, 1]) == 5)
    }

    @Test func binaryBoundsAreCutDown() throws {
        var model = MIPModel()
        try model.addColumn(Column("x", .free, integrality: .binary))
        #expect(model.columns[0].bounds == .unit)
        #expect(throws: MIPModelError.self) { try model.addColumn(Column("y", .atLeast(2), integrality: .binary)) }
        try model.setBounds(of: ColumnID(0), to: .range(1, 7))
        #expect(model.columns[0].bounds == .equal(1))
    }

    static let badNumbers: [Double] = [.nan, .infinity, -.infinity, 1.1e30, -.greatestFiniteMagnitude]

    @Test(arguments: badNumbers)
    func badNumbersAreRefused(_ bad: Double) throws {
        var model = MIPModel()
        let x = try model.addColumn(Column("x"))
        let r = try model.addRow(Row("r", 1 * x, .atMost(1)))
        #expect(throws: MIPModelError.self) { try model.addColumn(Column("y", objective: bad)) }
        #expect(throws: MIPModelError.self) { try model.addColumn(Column("y"), entries: [Entry(bad, in: r)]) }
        #expect(throws: MIPModelError.self) { try model.addRow(Row("s", bad * x, .free)) }
        #expect(throws: MIPModelError.self) { try model.addRow(Row("s", 1 * x, .equal(bad))) }
        #expect(throws: MIPModelError.self) {
            try model.addRow(Row("s", 1 * x + LinearExpression(constant: bad), .atMost(2)))
        }
        #expect(throws: MIPModelError.self) { try model.setObjective(of: x, to: bad) }
        #expect(throws: MIPModelError.self) { try model.setObjectiveConstant(bad) }
        #expect(throws: MIPModelError.self) { try model.setBounds(of: x, to: .equal(bad)) }
        #expect(throws: MIPModelError.self) { try model.setBounds(of: r, to: .equal(bad)) }
        #expect(model.columns.count == 1 && model.rows.count == 1 && model.nonzeroCount == 1)
        #expect(model.rows[0].terms == [Term(1, x)] && model.rows[0].bounds == .atMost(1))
    }

    @Test func sumsThatGrowTooLargeAreRefused() throws {
        var model = MIPModel()
        let x = try model.addColumn(Column("x"))
        #expect(throws: MIPModelError.self) { try model.addRow(Row("r", [Term(9e29, x), Term(9e29, x)], .free)) }
        let r = try model.addRow(Row("r", [Term](), .free))
        #expect(throws: MIPModelError.self) {
            try model.addColumn(Column("y"), entries: [Entry(9e29, in: r), Entry(9e29, in: r)])
        }
    }

    @Test func indicesOutsideAreRefused() throws {
        var model = MIPModel()
        for index in [-1, 0, 1, Int.max, Int.min] {
            let wanted = MIPModelError.unknownColumn(index: index, count: 0, place: "row r")
            #expect(throws: wanted) { try model.addRow(Row("r", 1 * ColumnID(index), .free)) }
            #expect(throws: MIPModelError.self) {
                try model.addColumn(Column("x"), entries: [Entry(1, in: RowID(index))])
            }
            #expect(throws: MIPModelError.self) { try model.setBounds(of: ColumnID(index), to: .unit) }
            #expect(throws: MIPModelError.self) { try model.setBounds(of: RowID(index), to: .unit) }
            #expect(throws: MIPModelError.self) { try model.setObjective(of: ColumnID(index), to: 1) }
        }
        #expect(model.columns.isEmpty && model.rows.isEmpty)
    }

    @Test func crossedBoundsAreRefusedWithTheName() throws {
        var model = MIPModel()
        #expect(throws: MIPModelError.crossedBounds(place: "column stored[3]", lower: 2, upper: 1)) {
            try model.addColumn(Column("stored[3]", .range(2, 1)))
        }
        #expect(throws: MIPModelError.self) { try model.addColumn(Column("x", .equal(.infinity))) }
        #expect(throws: MIPModelError.self) { try model.addRow(Row("r", [Term](), .atMost(-.infinity))) }
    }

    @Test func integralObjectives() throws {
        var model = MIPModel()
        try model.addColumn(Column("x", .unit, objective: 3, integrality: .binary))
        try model.addColumn(Column("y", .free, objective: 0))
        try model.addColumn(Column("z", .equal(2), objective: 1))
        #expect(model.hasIntegralObjective)
        try model.setObjective(of: ColumnID(1), to: 1)
        #expect(!model.hasIntegralObjective)
        try model.setObjective(of: ColumnID(1), to: 0)
        try model.setObjectiveConstant(0.5)
        #expect(!model.hasIntegralObjective)
    }

    @Test func columnMajorOrder() throws {
        var model = MIPModel()
        let columns = try (0..<3).map { try model.addColumn(Column("x\($0)")) }
        try model.addRow(Row("a", 1 * columns[0] + 2 * columns[2], .free))
        try model.addRow(Row("b", 3 * columns[2] + 4 * columns[1], .free))
        let matrix = ColumnMajorMatrix(model)
        #expect(matrix.starts == [0, 1, 2, 4])
        #expect(matrix.rows == [0, 1, 0, 1])
        #expect(matrix.coefficients == [1, 4, 2, 3])
        #expect(ColumnMajorMatrix(model, from: 2).coefficients == [2, 3])
    }
}
