/// Which adjacent dimensions make one side of a matrix together.
///
/// Rows of a batch and of a sequence, or the height and the width of an image, are one side when every value that has
/// one of the two has the other right behind it.
struct SideGroups {
    private var parent: [Int]
    private var regroupedDimensions: Set<Int> = []
    /// All stored dimensions of each value, longer than one.
    private var occurrences: [[Int]] = []
    /// The values that a side occurs in.
    private var valuesOfSide: [Int: [Int]] = [:]
    private var isRegrouped: Set<Int> = []

    init(count: Int) {
        parent = Array(0..<count)
    }

    /// A part of a dimension is on the same side as the whole.
    mutating func alias(_ part: Int, _ whole: Int) { aliased.append((part, whole)) }
    private var aliased: [(Int, Int)] = []

    /// The dimension is split or joined by a reshape.
    mutating func regrouped(_ dimension: Int) { regroupedDimensions.insert(dimension) }

    /// Registers the dimensions of a value; after all aliases.
    mutating func occur(_ dimensions: [Int], _ classes: DimensionClasses) {
        if !aliased.isEmpty {
            for (part, whole) in aliased { unite(classes.root(part), classes.root(whole)) }
            aliased = []
        }
        for dimension in dimensions {
            let side = find(classes.root(dimension))
            if valuesOfSide[side]?.last != occurrences.count { valuesOfSide[side, default: []].append(occurrences.count) }
            if regroupedDimensions.contains(dimension) { isRegrouped.insert(side) }
        }
        occurrences.append(dimensions)
    }

    /// The group of a dimension.
    func group(_ dimension: Int, _ classes: DimensionClasses) -> Int { find(classes.root(dimension)) }

    /// Makes one group of two that follow each other wherever they occur; false if they cannot be.
    ///
    /// - Parameter regrouped: the two are all that a reshape joins, so that it may.
    mutating func glue(_ left: Int, _ right: Int, _ classes: DimensionClasses, regrouped: Bool) -> Bool {
        let (a, b) = (group(left, classes), group(right, classes))
        guard a != b, regrouped || !(isRegrouped.contains(a) || isRegrouped.contains(b)) else { return false }
        let values = Set(valuesOfSide[a] ?? []).union(valuesOfSide[b] ?? [])
        for value in values {
            var sequence: [Int] = []
            for dimension in occurrences[value] where !classes.isBatch(dimension) {
                let group = group(dimension, classes)
                if sequence.last != group { sequence.append(group) }
            }
            let places = sequence.indices.filter { sequence[$0] == a || sequence[$0] == b }
            if places.isEmpty { continue }
            guard places.count == 2, places[1] == places[0] + 1, sequence[places[0]] == a else { return false }
        }
        let isSplit = isRegrouped.contains(a) || isRegrouped.contains(b)
        unite(a, b)
        let group = find(a)
        valuesOfSide[group] = values.sorted()
        if isSplit { isRegrouped.insert(group) }
        return true
    }

    private func find(_ side: Int) -> Int {
        var place = side
        while parent[place] != place { place = parent[place] }
        return place
    }

    private mutating func unite(_ left: Int, _ right: Int) {
        let (a, b) = (find(left), find(right))
        if a != b { parent[max(a, b)] = min(a, b) }
    }
}
