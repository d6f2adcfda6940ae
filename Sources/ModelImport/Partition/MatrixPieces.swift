import TensorGraph

/// The matrices of the problem, and which of them is which piece of which value.
struct MatrixPieces {
    /// A whole matrix, seen as a piece of a value.
    struct Piece {
        var matrix: TensorID
        /// Dimensions of the value along the matrix's rows, and along its columns.
        var rows: [Int]
        var columns: [Int]
    }

    private let partition: Partition
    private var graph: IndexGraph { partition.graph }
    private var known: [[Int: Piece]]
    private(set) var tensors: [Tensor] = []
    private(set) var names: [String] = []
    private(set) var origins: [ImportedTensor?] = []

    init(_ partition: Partition) {
        self.partition = partition
        known = Array(repeating: [:], count: partition.graph.values.count)
    }

    /// Adds a matrix that no piece stands for yet.
    mutating func add(width: Int, height: Int, name: String, origin: ImportedTensor? = nil) -> TensorID {
        tensors.append(Tensor(width: width, height: height))
        names.append(name)
        origins.append(origin)
        return TensorID(tensors.count - 1)
    }

    /// The number of pieces along each dimension.
    func counts(_ value: ValueID) -> [Int] {
        graph[value].shape.indices.map { partition.boundaries(value, $0).count - 1 }
    }

    mutating func set(_ piece: Piece, _ value: ValueID, _ block: [Int]) {
        known[value.index][ordinal(value, block)] = piece
    }

    private func ordinal(_ value: ValueID, _ block: [Int]) -> Int {
        zip(counts(value), block).reduce(0) { $0 * $1.0 + $1.1 }
    }

    /// The piece of a value, found through views; a matrix is made for a leaf's piece that nobody asked for before.
    mutating func piece(_ value: ValueID, _ block: [Int]) throws(ImportFault) -> Piece {
        let ordinal = ordinal(value, block)
        if let piece = known[value.index][ordinal] { return piece }
        let piece: Piece
        switch graph[value].source {
        case .leaf(let origin): piece = leaf(value, block, origin)
        case .op: throw ImportFault("reads a part of \"\(graph[value].name)\" that was not computed")
        case .view(let view): piece = try self.piece(value, block, view)
        }
        known[value.index][ordinal] = piece
        return piece
    }

    /// The name of a piece: the value's, and its ranges where it is cut.
    func name(_ name: String, _ value: ValueID, _ block: [Int]) -> String {
        if counts(value).allSatisfy({ $0 == 1 }) { return name }
        let ranges = block.indices.map { axis in
            let places = partition.boundaries(value, axis)
            if places.count == 2 { return ":" }
            let (start, end) = (places[block[axis]], places[block[axis] + 1])
            return end == start + 1 ? "\(start)" : "\(start):\(end)"
        }
        return "\(name)[\(ranges.joined(separator: ", "))]"
    }

    private mutating func leaf(_ value: ValueID, _ block: [Int], _ origin: TensorOrigin) -> Piece {
        let sides = partition.sides(of: value)
        let isColumn = sides.count == 1 && sides[0].last != graph[value].shape.count - 1
        let rows = sides.count == 2 || isColumn ? sides[0] : []
        let columns = sides.count == 2 ? sides[1] : sides.count == 1 && !isColumn ? sides[0] : []
        var piece = Piece(matrix: TensorID(0), rows: rows, columns: columns)
        let part = part(of: value, block, piece, origin: origin)
        func length(_ axes: [Int]) -> Int { axes.reduce(1) { $0 * part.ranges[$1].count } }
        piece.matrix = add(
            width: length(columns), height: length(rows), name: name(graph[value].name, value, block), origin: part)
        return piece
    }

    /// Which part of a value a piece is.
    func part(of value: ValueID, _ block: [Int], _ piece: Piece, origin: TensorOrigin) -> ImportedTensor {
        let ranges = block.indices.map { axis in
            let places = partition.boundaries(value, axis)
            return places[block[axis]]..<places[block[axis] + 1]
        }
        return ImportedTensor(
            origin: origin, shape: graph[value].shape, ranges: ranges, rowDimensions: piece.rows,
            columnDimensions: piece.columns)
    }

    private mutating func piece(_ value: ValueID, _ block: [Int], _ view: View) throws(ImportFault) -> Piece {
        switch view {
        case .transpose(let source, let order):
            var from = block
            for (viewAxis, axis) in order.enumerated() { from[axis] = block[viewAxis] }
            let piece = try self.piece(source, from)
            return try map(piece) { axes in axes.map { axis in order.firstIndex(of: axis) ?? axis } }
        case .slice(let source, let axis, let start):
            var from = block
            from[axis] += firstPiece(source, axis, at: start)
            return try piece(source, from)
        case .pick(let source, let axis, let places):
            var from = block
            from[axis] = places[block[axis]]
            return try piece(source, from)
        case .expand(let source):
            var from = block
            for axis in block.indices where graph[source].shape[axis] != graph[value].shape[axis] { from[axis] = 0 }
            return try piece(source, from)
        case .concat(let sources, let axis):
            var from = block
            for source in sources {
                let count = counts(source)[axis]
                if from[axis] < count { return try piece(source, from) }
                from[axis] -= count
            }
            throw ImportFault("joins fewer parts than it is read in")
        case .reshape(let source):
            return try reshaped(value, block, source)
        }
    }

    private func firstPiece(_ value: ValueID, _ axis: Int, at place: Int) -> Int {
        partition.boundaries(value, axis).firstIndex(of: place) ?? 0
    }

    /// Pieces of dimensions that a reshape groups follow each other in the same order on both sides.
    private mutating func reshaped(
        _ value: ValueID, _ block: [Int], _ source: ValueID
    ) throws(ImportFault) -> Piece {
        var from = Array(repeating: 0, count: graph[source].shape.count)
        var replaced: [Int: [Int]] = [:]
        let (counts, sourceCounts) = (counts(value), counts(source))
        for (left, right) in Partition.regroups(graph[source].shape, graph[value].shape) {
            var ordinal = right.reduce(0) { $0 * counts[$1] + block[$1] }
            guard left.reduce(1, { $0 * sourceCounts[$1] }) == right.reduce(1, { $0 * counts[$1] }) else {
                throw ImportFault("reshapes a tensor whose parts do not fit")
            }
            for axis in left.reversed() {
                from[axis] = ordinal % sourceCounts[axis]
                ordinal /= sourceCounts[axis]
            }
            let live = right.filter { partition.isLive(value, $0) }
            var isFirst = true
            for axis in left where partition.isLive(source, axis) {
                replaced[axis] = isFirst ? live : []
                isFirst = false
            }
        }
        let piece = try self.piece(source, from)
        return try map(piece) { axes in axes.flatMap { replaced[$0] ?? [] } }
    }

    private func map(_ piece: Piece, _ body: ([Int]) throws(ImportFault) -> [Int]) throws(ImportFault) -> Piece {
        Piece(matrix: piece.matrix, rows: try body(piece.rows), columns: try body(piece.columns))
    }
}
