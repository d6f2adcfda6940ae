import MIP
import Testing

@Suite struct NameTests {
    private static let longName = String(repeating: "long", count: 75)

    private func table(_ columns: [String], _ rows: [String] = []) throws -> NameTable {
        var model = MIPModel()
        for name in columns { try model.addColumn(Column(name)) }
        for name in rows { try model.addRow(Row(name, [Term](), .free)) }
        return NameTable(model)
    }

    @Test func namesAreSafeAndUniqueAndLeadBack() throws {
        let wanted = [
            "x", "x", "X", "", "e5", "E", "1st", "take[3,4]", "take(3,4)", "free", "Infinity", "s.t.", "\u{1F600}",
            "objective_value", "constant_one", Self.longName, Self.longName, Self.longName + "x", "_", "x_2", "a b\nc",
            "st",
        ]
        let names = try table(wanted, wanted)
        let all = names.columns + names.rows + [names.objective, names.spare, names.spareRow]
        #expect(Set(all.map { $0.lowercased() }).count == all.count)
        for name in all {
            #expect(name.utf8.count <= NameTable.longestName && !name.isEmpty)
            #expect(
                name.utf8.allSatisfy {
                    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_".utf8.contains($0)
                })
            #expect(!"0123456789eE".contains(name.prefix(1)))
            #expect(!["free", "infinity", "st", "s"].contains(name.lowercased()))
        }
        for (index, name) in names.columns.enumerated() { #expect(names.column(named: name) == ColumnID(index)) }
        for (index, name) in names.rows.enumerated() { #expect(names.row(named: name) == RowID(index)) }
        #expect(names.column(named: names.rows[0]) == nil)
    }

    @Test func safeNamesAreKept() throws {
        let names = try table(["x_1", "take_3_4", "_y"], ["row", "x_1"])
        #expect(names.columns == ["x_1", "take_3_4", "_y"])
        #expect(names.rows == ["row", "x_1_2"])
    }

    @Test func manyEqualNames() throws {
        let names = try table(Array(repeating: "x", count: 5000))
        #expect(Set(names.columns).count == 5000)
    }
}

@Suite struct WriterTests {
    private func model() throws -> MIPModel {
        var model = MIPModel(name: "small", sense: .maximise)
        let x = try model.addColumn(Column("x", .range(-1, 7), objective: 1.0 / 3, integrality: .integer))
        let y = try model.addColumn(Column("y", .unit, objective: -2, integrality: .binary))
        let z = try model.addColumn(Column("z", .free))
        try model.setObjectiveConstant(1)
        try model.addRow(Row("cap", 0.1 * x + 3 * y, .atMost(5)))
        try model.addRow(Row("mid", 1 * x - 1e-7 * z, .range(1, 2)))
        return model
    }

    @Test func linearProgramFormat() throws {
        #expect(
            try LPWriter(model()).text() == """
                \\ small
                Maximize
                 objective_value: + 0.3333333333333333 x - 2 y + 1 constant_one
                Subject To
                 cap: + 0.1 x + 3 y <= 5
                 mid: + 1 x - 1e-07 z >= 1
                 mid.upper: + 1 x - 1e-07 z <= 2
                Bounds
                 constant_one = 1
                 -1 <= x <= 7
                 z free
                Generals
                x
                Binaries
                y
                End

                """)
    }

    @Test func mpsFormat() throws {
        #expect(
            try MPSWriter(model()).text() == """
                * small
                * a maximum: the objective is negated
                NAME small
                ROWS
                 N objective_value
                 L cap
                 G mid
                COLUMNS
                 constant_one objective_value -1
                 M0 'MARKER' 'INTORG'
                 x objective_value -0.3333333333333333
                 x cap 0.1
                 x mid 1
                 y objective_value 2
                 y cap 3
                 M2 'MARKER' 'INTEND'
                 z mid -1e-07
                RHS
                 RHS cap 5
                 RHS mid 1
                RANGES
                 RNG mid 1
                BOUNDS
                 FX BND constant_one 1
                 LO BND x -1
                 UP BND x 7
                 LO BND y 0
                 UP BND y 1
                 FR BND z
                ENDATA

                """)
    }

    @Test func mathProgFormat() throws {
        #expect(
            try MathProgWriter(model()).text() == """
                # small
                var x, integer, >= -1, <= 7;
                var y, binary;
                var z;
                maximize objective_value: 1 + 0.3333333333333333 * x - 2 * y ;
                s.t. cap: 0 + 0.1 * x + 3 * y <= 5;
                s.t. mid: 1 <= 0 + 1 * x - 1e-07 * z <= 2;
                solve;
                end;

                """)
    }

    @Test func startFormat() throws {
        #expect(
            try MIPStartWriter([3, 0, -0.1], of: model()).text() == """
                Stopped on iterations - objective value 2
                0 x 3 0.3333333333333333
                2 z -0.1 0

                """)
        #expect(throws: MIPModelError.self) { try MIPStartWriter([3], of: model()) }
    }

    @Test func linesStayShort() throws {
        var model = MIPModel()
        let columns = try (0..<500).map { try model.addColumn(Column("column_\($0)", objective: 0.1)) }
        try model.addRow(Row("sum", LinearExpression(sum: columns), .atMost(5)))
        for text in [LPWriter(model).text(), MathProgWriter(model).text(), MPSWriter(model).text()] {
            #expect(text.split(separator: "\n").allSatisfy { $0.utf8.count <= 220 })
        }
    }
}
