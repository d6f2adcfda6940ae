import MIP

/// Lazy rows and cuts found so far, and the caller that knows more of them.
struct LazyRowPool {
    /// Rows are the same if they demand the same, whatever their names.
    private struct Demand: Hashable {
        let terms: [Term]
        let bounds: Bounds
    }

    private let model: MIPModel
    private let generate: (@Sendable ([Double]) throws -> [Row])?
    private let cut: (@Sendable ([Double]) throws -> [Row])?
    private var rows: [Row] = []
    private var known: Set<Demand> = []

    init(_ model: MIPModel, _ options: MIPOptions) {
        self.model = model
        generate = options.lazyRows
        cut = options.cuts
    }

    /// Whether there are lazy rows or cuts at all.
    var isActive: Bool { generate != nil || cut != nil }

    var count: Int { rows.count }

    /// Known rows that a point, integral or not, breaks.
    func knownRows(violatedBy point: [Double]) -> [Row] { rows.filter { Self.violates($0, point) } }

    /// All that the caller has against a point with exact integers, as the model would hold it.
    func violated(by point: [Double]) throws -> [Row] {
        guard let generate else { return [] }
        var result: [Row] = []
        for row in try generate(point) {
            do throws(MIPModelError) {
                let valid = try model.validated(row)
                if Self.violates(valid, point) { result.append(valid) }
            } catch {
                throw MIPSolverError.invalidModel(error)
            }
        }
        return result
    }

    /// New rows that a point with exact integers breaks; they are known from now on.
    ///
    /// - Throws: ``MIPSolverError/numericalTrouble(_:)`` if the point breaks known rows only, which the node's LP
    ///   solution obeys: then the difference between the two is all that is broken, and no row can tell.
    mutating func newRows(for point: [Double]) throws -> [Row] {
        let broken = try violated(by: point)
        let new = broken.filter { known.insert(Demand(terms: $0.terms, bounds: $0.bounds)).inserted }
        if new.isEmpty, let row = broken.first {
            throw MIPSolverError.numericalTrouble(
                "the lazy row \(row.name) is obeyed and broken within rounding errors")
        }
        rows += new
        return new
    }

    /// New cuts that a fractional point breaks; they are known from now on.
    mutating func newCuts(for point: [Double]) throws -> [Row] {
        var new: [Row] = []
        for row in try cut?(point) ?? [] {
            do throws(MIPModelError) {
                let valid = try model.validated(row)
                guard Self.violates(valid, point),
                    known.insert(Demand(terms: valid.terms, bounds: valid.bounds)).inserted
                else { continue }
                new.append(valid)
            } catch {
                throw MIPSolverError.invalidModel(error)
            }
        }
        rows += new
        return new
    }

    private static func violates(_ row: Row, _ point: [Double]) -> Bool {
        !FeasibilityTolerance.standard.allows(row.activity(at: point), in: row.bounds)
    }
}
