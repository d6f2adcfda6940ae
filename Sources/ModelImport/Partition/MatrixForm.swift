import TensorGraph

/// An op on indices as an op on matrices: which indices are the rows, the columns and the reduction.
struct MatrixForm {
    private let op: IndexedOp
    /// The places between which each index is cut.
    private let boundaries: [[Int]]
    private var rowIndices: [Int] = []
    private var columnIndices: [Int] = []
    private var reducedIndices: [Int] = []
    /// The piece of each index of the output's current block.
    private var selected: [Int]

    /// Dimensions of the output along the rows and the columns of its matrices.
    private(set) var outputRows: [Int] = []
    private(set) var outputColumns: [Int] = []
    /// How the output is written.
    let outputAccess: Access

    init(_ op: IndexedOp, _ partition: Partition) throws(ImportFault) {
        self.op = op
        var places: [(value: ValueID, axis: Int)?] = Array(repeating: nil, count: op.extents.count)
        for operand in op.inputs + [IndexedOp.Operand(value: op.output, indices: op.outputIndices)] {
            for (axis, index) in operand.indices.enumerated() { if let index { places[index] = (operand.value, axis) } }
        }
        boundaries = places.map { place in place.map { partition.boundaries($0.value, $0.axis) } ?? [0, 1] }
        selected = Array(repeating: 0, count: op.extents.count)
        let groups = partition.sides(of: op.output)
        guard groups.count <= 2 else { throw ImportFault("writes a tensor that is no set of matrices") }
        reducedIndices = op.reduced.filter { index in
            places[index].map { partition.isLive($0.value, $0.axis) } ?? false
        }
        let sides = Self.orientation(groups, op, partition)
        outputRows = sides.rows
        outputColumns = sides.columns
        rowIndices = sides.rows.compactMap { op.outputIndices[$0] }
        columnIndices = sides.columns.compactMap { op.outputIndices[$0] }
        // A matrix of one element is written as a column.
        outputAccess = Access(
            rowIndices.isEmpty && !columnIndices.isEmpty ? .one : .row, columnIndices.isEmpty ? .one : .column)
    }

    /// Which dimensions of the output are its rows, and which its columns: as in the first input that has them.
    private static func orientation(
        _ groups: [[Int]], _ op: IndexedOp, _ partition: Partition
    ) -> (rows: [Int], columns: [Int]) {
        guard let first = groups.first else { return ([], []) }
        let indices = groups.map { group in group.map { op.outputIndices[$0] } }
        if groups.count == 2 {
            for operand in op.inputs {
                let sides = partition.sides(of: operand.value).map { side in side.map { operand.indices[$0] } }
                switch (sides.firstIndex(of: indices[0]), sides.firstIndex(of: indices[1])) {
                case (let a?, let b?): return a < b ? (first, groups[1]) : (groups[1], first)
                // The first operand of a product has the rows.
                case (_?, nil) where op.isProduct: return (first, groups[1])
                case (nil, _?) where op.isProduct: return (groups[1], first)
                default: continue
                }
            }
            return (first, groups[1])
        }
        // A vector stays as it was: a column after the sum of rows, and a row after that of columns.
        for operand in op.inputs {
            let sides = partition.sides(of: operand.value)
            guard let place = sides.firstIndex(where: { side in side.map { operand.indices[$0] } == indices[0] }) else {
                if op.isProduct, sides.count == 1, sides[0].last == operand.indices.count - 1 { return ([], first) }
                continue
            }
            let isLast =
                sides.count > 1 ? place == sides.count - 1 : sides[place].last == operand.indices.count - 1
            return isLast ? ([], first) : (first, [])
        }
        return first.last == op.outputIndices.count - 1 ? ([], first) : (first, [])
    }

    /// The output as a matrix that lies to it in this way.
    func piece(_ matrix: TensorID, _ access: Access) -> MatrixPieces.Piece {
        func dimensions(_ letter: Letter) -> [Int] {
            letter == .row ? outputRows : letter == .column ? outputColumns : []
        }
        return MatrixPieces.Piece(
            matrix: matrix, rows: dimensions(access.rows), columns: dimensions(access.columns))
    }

    mutating func select(_ block: [Int]) {
        for (axis, index) in op.outputIndices.enumerated() { if let index { selected[index] = block[axis] } }
    }

    private func length(_ indices: [Int], _ piece: (Int) -> Int) -> Int {
        indices.reduce(1) { $0 * (boundaries[$1][piece($1) + 1] - boundaries[$1][piece($1)]) }
    }

    /// Columns and rows of the current block of the output.
    var outputSize: (width: Int, height: Int) {
        (length(columnIndices) { selected[$0] }, length(rowIndices) { selected[$0] })
    }

    /// Into how many parts each reduced index is cut.
    var reductionCounts: [Int] { op.reduced.map { boundaries[$0].count - 1 } }

    /// The length of the reduction in one part of it.
    func reductionLength(_ part: [Int]) -> Int {
        let pieces = Dictionary(zip(op.reduced, part), uniquingKeysWith: { $1 })
        return length(reducedIndices) { pieces[$0] ?? 0 }
    }

    /// The block of an input that the current block of the output needs.
    func block(of operand: IndexedOp.Operand, reduction part: [Int]) -> [Int] {
        operand.indices.map { index in
            guard let index else { return 0 }
            if let place = op.reduced.firstIndex(of: index) { return part[place] }
            return selected[index]
        }
    }

    /// How a piece of an input is read, for one part of the reduction.
    func access(
        _ piece: MatrixPieces.Piece, _ operand: IndexedOp.Operand, reduction part: [Int]
    ) throws(ImportFault) -> Access {
        Access(try letter(piece.rows, operand, part), try letter(piece.columns, operand, part))
    }

    private func letter(
        _ dimensions: [Int], _ operand: IndexedOp.Operand, _ part: [Int]
    ) throws(ImportFault) -> Letter {
        if dimensions.isEmpty { return .one }
        let indices = dimensions.map { operand.indices[$0] }
        switch indices {
        case rowIndices.map(Optional.init): return .row
        case columnIndices.map(Optional.init): return .column
        // Where a part is one element long, some inputs have it as a dimension and others do not.
        case reducedIndices.map(Optional.init): return reductionLength(part) == 1 ? .one : .reduction
        default: break
        }
        // A dimension that is one element long here may be longer in what the piece was joined to.
        let reduced = Dictionary(zip(op.reduced, part), uniquingKeysWith: { $1 })
        func long(_ indices: [Int?]) -> [Int] {
            indices.compactMap { $0 }.filter { length([$0]) { reduced[$0] ?? selected[$0] } > 1 }
        }
        let rest = long(indices)
        switch rest {
        case []: return .one
        case long(rowIndices): return .row
        case long(columnIndices): return .column
        case long(reducedIndices): return .reduction
        default: throw ImportFault("reads a tensor in a layout that no einsum of matrices has")
        }
    }
}
