/// What is wrong with a model or a hardware file; one line without the file's name.
struct ImportFault: Error, Hashable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Integers that stand for sizes in files: no product or sum of them may trap.
enum Checked {
    /// The largest number of elements that a tensor may have, as in a problem.
    static let largest = 1 << 53

    /// - Throws: ``ImportFault`` when the product is no number of elements.
    static func product(_ factors: some Sequence<Int>) throws(ImportFault) -> Int {
        var result = 1
        for factor in factors {
            let (next, overflow) = result.multipliedReportingOverflow(by: factor)
            guard factor >= 0, !overflow, next <= largest else {
                throw ImportFault("a tensor has more than 2^53 elements or a negative side")
            }
            result = next
        }
        return result
    }
}
