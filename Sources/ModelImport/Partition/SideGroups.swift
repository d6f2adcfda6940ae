/// Which adjacent dimensions make one side of a matrix together.
///
/// Rows of a batch and of a sequence, or the height and the width of an image, are one side when every value that has
/// one of the two has the other right behind it.
struct SideGroups {
    /// Union-find over classes: a part of a dimension is on the same side as the whole.
    private var parent: [Int]
    private var aliases: [(Int, Int)] = []
    /// The side that a side is followed by, within one side of a matrix.
    private var next: [Int: Int] = [:]
    private var previous: [Int: Int] = [:]
    /// All stored dimensions of each value, longer than one.
    private var occurrences: [[Int]] = []
    /// The values that a side occurs in.
    private var valuesOfSide: [Int: [Int]] = [:]

    init(count: Int) { parent = Array(0..<count) }

    /// A part of a dimension is on the same side as the whole.
    mutating func alias(_ part: Int, _ whole: Int) { aliases.append((part, whole)) }

    /// Registers the dimensions of a value; after all aliases.
    mutating func occur(_ dimensions: [Int], _ classes: DimensionClasses) {
        for (part, whole) in aliases { unite(classes.root(part), classes.root(whole)) }
        aliases = []
        for dimension in dimensions {
            let side = side(dimension, classes)
            if valuesOfSide[side]?.last != occurrences.count {
                valuesOfSide[side, default: []].append(occurrences.count)
            }
        }
        occurrences.append(dimensions)
    }

    /// True when the second follows the first on one side.
    func isGlued(_ left: Int, _ right: Int, _ classes: DimensionClasses) -> Bool {
        next[side(left, classes)] == side(right, classes)
    }

    /// Puts two on one side that follow each other wherever they occur; false if they do not.
    mutating func glue(_ left: Int, _ right: Int, _ classes: DimensionClasses) -> Bool {
        let (a, b) = (side(left, classes), side(right, classes))
        guard a != b, next[a] == nil, previous[b] == nil else { return false }
        for value in Set(valuesOfSide[a] ?? []).union(valuesOfSide[b] ?? []) {
            let sequence = occurrences[value].filter { !classes.isBatch($0) }.map { side($0, classes) }
            for (place, side) in sequence.enumerated() {
                if side == a, place + 1 == sequence.count || sequence[place + 1] != b { return false }
                if side == b, place == 0 || sequence[place - 1] != a { return false }
            }
        }
        next[a] = b
        previous[b] = a
        return true
    }

    private func side(_ dimension: Int, _ classes: DimensionClasses) -> Int {
        var place = classes.root(dimension)
        while parent[place] != place { place = parent[place] }
        return place
    }

    private mutating func unite(_ left: Int, _ right: Int) {
        var (a, b) = (left, right)
        while parent[a] != a { a = parent[a] }
        while parent[b] != b { b = parent[b] }
        if a != b { parent[max(a, b)] = min(a, b) }
    }
}
