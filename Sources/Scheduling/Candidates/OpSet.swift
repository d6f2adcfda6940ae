/// A set of up to 256 small integers: ops, or tensors that ops write, by index.
///
/// Fixed width, so that sets are compared, joined and hashed without allocation.
package struct OpSet: Hashable, Sendable {
    /// Members are below this.
    package static let capacity = 256

    @usableFromInline var words: SIMD4<UInt64>

    /// The empty set.
    @inlinable package init() { words = SIMD4(repeating: 0) }

    /// A set of these members, each below ``capacity``.
    @inlinable package init(_ members: some Sequence<Int>) {
        self.init()
        for member in members { insert(member) }
    }

    /// Adds a member below ``capacity``.
    @inlinable package mutating func insert(_ member: Int) { words[member >> 6] |= 1 << UInt64(member & 63) }

    /// Removes a member.
    @inlinable package mutating func remove(_ member: Int) { words[member >> 6] &= ~(1 << UInt64(member & 63)) }

    /// True when the number is a member.
    @inlinable package func contains(_ member: Int) -> Bool { words[member >> 6] & (1 << UInt64(member & 63)) != 0 }

    /// True when there is no member.
    @inlinable package var isEmpty: Bool { words == SIMD4(repeating: 0) }

    /// Number of members.
    @inlinable package var count: Int {
        words[0].nonzeroBitCount + words[1].nonzeroBitCount + words[2].nonzeroBitCount + words[3].nonzeroBitCount
    }

    /// True when every member is in the other set.
    @inlinable package func isSubset(of other: OpSet) -> Bool { words & ~other.words == SIMD4(repeating: 0) }

    /// True when no member is in the other set.
    @inlinable package func isDisjoint(with other: OpSet) -> Bool { words & other.words == SIMD4(repeating: 0) }

    /// Members of either set.
    @inlinable package func union(_ other: OpSet) -> OpSet { OpSet(words: words | other.words) }

    /// Members of both sets.
    @inlinable package func intersection(_ other: OpSet) -> OpSet { OpSet(words: words & other.words) }

    /// Members that are not in the other set.
    @inlinable package func subtracting(_ other: OpSet) -> OpSet { OpSet(words: words & ~other.words) }

    @inlinable init(words: SIMD4<UInt64>) { self.words = words }

    /// The smallest member, or nil.
    @inlinable package var first: Int? {
        for word in 0..<4 where words[word] != 0 { return word * 64 + words[word].trailingZeroBitCount }
        return nil
    }

    /// Calls `body` with each member, ascending.
    @inlinable package func forEach(_ body: (Int) throws -> Void) rethrows {
        for word in 0..<4 {
            var bits = words[word]
            while bits != 0 {
                try body(word * 64 + bits.trailingZeroBitCount)
                bits &= bits - 1
            }
        }
    }

    /// Members, ascending.
    @inlinable package var members: [Int] {
        var list: [Int] = []
        forEach { list.append($0) }
        return list
    }
}
