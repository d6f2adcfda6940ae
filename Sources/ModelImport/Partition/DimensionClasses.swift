/// Dimensions of values that are cut alike: those that an op gives one index, and those that a view passes on.
///
/// A class is a set of dimensions of one length (union-find); it owns the places at which they are cut.
struct DimensionClasses {
    private var parent: [Int]
    private var extents: [Int]
    private var cutLists: [[Int]]

    /// Pieces that a dimension may be cut into.
    static let largestPieceCount = 4096

    init(extents: [Int]) {
        parent = Array(extents.indices)
        self.extents = extents
        cutLists = Array(repeating: [], count: extents.count)
    }

    func root(_ dimension: Int) -> Int {
        var place = dimension
        while parent[place] != place { place = parent[place] }
        return place
    }

    mutating func unite(_ left: Int, _ right: Int) {
        let (a, b) = (root(left), root(right))
        guard a != b else { return }
        // The smaller id stays, so that classes do not depend on the order of calls.
        let (kept, gone) = (min(a, b), max(a, b))
        parent[gone] = kept
        let joined = merged(cutLists[kept], cutLists[gone])
        cutLists[kept] = joined
        cutLists[gone] = []
    }

    /// Points every dimension at its root, after the last ``unite(_:_:)``.
    mutating func compress() { for index in parent.indices { parent[index] = root(index) } }

    func extent(_ dimension: Int) -> Int { extents[dimension] }

    /// The places at which the dimension is cut, ascending, without its ends.
    func cuts(_ dimension: Int) -> [Int] { cutLists[root(dimension)] }

    /// True when every piece has length one, so that the dimension only counts matrices.
    func isBatch(_ dimension: Int) -> Bool { cutLists[root(dimension)].count == extents[dimension] - 1 }

    /// Adds cuts; true if there is a new one.
    ///
    /// - Throws: ``ImportFault`` when there are too many pieces.
    mutating func add(_ cuts: [Int], to dimension: Int) throws(ImportFault) -> Bool {
        let class_ = root(dimension)
        let all = merged(cutLists[class_], cuts)
        guard all.count > cutLists[class_].count else { return false }
        guard all.count < Self.largestPieceCount else { throw Self.tooMany }
        cutLists[class_] = all
        return true
    }

    /// Cuts between all elements; true if there is a new cut.
    mutating func makeBatch(_ dimension: Int) throws(ImportFault) -> Bool {
        guard extents[dimension] <= Self.largestPieceCount else { throw Self.tooMany }
        return try add(Array(1..<extents[dimension]), to: dimension)
    }

    private static var tooMany: ImportFault {
        ImportFault("needs a tensor in more than \(largestPieceCount) matrices")
    }

    private func merged(_ left: [Int], _ right: [Int]) -> [Int] {
        if right.isEmpty { return left }
        if left.isEmpty { return right.sorted() }
        return Set(left).union(right).sorted()
    }
}

/// How the cuts of dimensions depend on each other through a view.
enum DimensionRelation {
    /// `part` is `whole` from `start` on.
    case part(Int, of: Int, start: Int, length: Int)
    /// The dimensions on the left hold the elements of those on the right, row by row.
    case regroup([Int], [Int])
    /// Both are cut between all elements.
    case batch(Int)

    /// Passes cuts from each side to the other; true if there is a new one.
    func propagate(_ classes: inout DimensionClasses) throws(ImportFault) -> Bool {
        switch self {
        case .part(let part, let whole, let start, let length):
            let ends = [start, start + length].filter { $0 > 0 && $0 < classes.extent(whole) }
            var isNew = try classes.add(ends + classes.cuts(part).map { $0 + start }, to: whole)
            let inner = classes.cuts(whole).filter { $0 > start && $0 < start + length }.map { $0 - start }
            if try classes.add(inner, to: part) { isNew = true }
            return isNew
        case .batch(let dimension):
            return classes.isBatch(dimension) ? false : try classes.makeBatch(dimension)
        case .regroup(let left, let right):
            var isNew = try Self.nest(left, &classes)
            if try Self.nest(right, &classes) { isNew = true }
            if try Self.apply(Self.flatCuts(left, classes), to: right, &classes) { isNew = true }
            if try Self.apply(Self.flatCuts(right, classes), to: left, &classes) { isNew = true }
            return isNew
        }
    }

    /// Blocks are ranges of the elements in order only if all dimensions before a cut one are cut everywhere.
    private static func nest(_ side: [Int], _ classes: inout DimensionClasses) throws(ImportFault) -> Bool {
        guard let last = side.lastIndex(where: { !classes.cuts($0).isEmpty }) else { return false }
        var isNew = false
        for dimension in side[..<last] where !classes.isBatch(dimension) {
            if try classes.makeBatch(dimension) { isNew = true }
        }
        return isNew
    }

    /// The cuts of nested dimensions, in elements.
    private static func flatCuts(_ side: [Int], _ classes: DimensionClasses) throws(ImportFault) -> [Int] {
        var starts = [0]
        var inner = side.reduce(1) { $0 * classes.extent($1) }
        for dimension in side {
            inner /= classes.extent(dimension)
            let places = [0] + classes.cuts(dimension)
            guard starts.count * places.count <= DimensionClasses.largestPieceCount else {
                throw ImportFault("needs a tensor in more than \(DimensionClasses.largestPieceCount) matrices")
            }
            starts = starts.flatMap { start in places.map { start + $0 * inner } }
        }
        return Array(starts.dropFirst())
    }

    private static func apply(
        _ cuts: [Int], to side: [Int], _ classes: inout DimensionClasses
    ) throws(ImportFault) -> Bool {
        guard !cuts.isEmpty else { return false }
        var isNew = false
        var inner = side.reduce(1) { $0 * classes.extent($1) }
        for dimension in side {
            let extent = classes.extent(dimension)
            inner /= extent
            let places = Set(cuts.filter { $0 % inner == 0 }.map { $0 / inner % extent }).subtracting([0])
            if try classes.add(Array(places), to: dimension) { isNew = true }
            if cuts.allSatisfy({ $0 % inner == 0 }) { break }
            if try classes.makeBatch(dimension) { isNew = true }
        }
        return isNew
    }
}
