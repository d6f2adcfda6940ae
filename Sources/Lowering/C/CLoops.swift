import TensorGraph

/// The loops of one op over a region of its outputs, wherever inputs and outputs are.
struct CLoops {
    /// First and last-plus-one of a range, as C expressions.
    struct Bounds {
        var low: String
        var high: String

        static func whole(_ length: Int) -> Bounds { Bounds(low: "0", high: cNumber(length)) }

        var length: String { low == "0" ? high : "(\(high) - \(low))" }
    }

    /// A two-dimensional array that holds a part of a tensor, row by row.
    struct Array2D {
        /// The array, such as `fast`.
        var base: String
        /// Where in the array it begins; empty for its start.
        var offset: String = ""
        /// The rows of the tensor that it holds.
        var rows: Bounds
        /// The columns of the tensor that it holds.
        var columns: Bounds

        /// The element of the tensor in this row and column.
        func element(_ row: String, _ column: String) -> String {
            func shifted(_ index: String, _ low: String) -> String {
                low == "0" ? index : index == "0" ? "-\(low)" : "(\(index) - \(low))"
            }
            var terms: [String] = offset.isEmpty || offset == "0" ? [] : [offset]
            let (row, column) = (shifted(row, rows.low), shifted(column, columns.low))
            if row != "0" { terms.append(columns.length == "1" ? row : "\(row) * \(columns.length)") }
            if column != "0" { terms.append(column) }
            return "\(base)[\(terms.isEmpty ? "0" : terms.joined(separator: " + "))]"
        }
    }

    let op: Op
    let rows: Bounds
    let columns: Bounds
    /// nil for a map.
    let reduction: Bounds?
    /// The length of the whole reduction.
    let reductionLength: Int
    let inputs: [Array2D]
    let outputs: [Array2D]
    /// C conditions that say whether this is the first and the last part of a reduction in parts; nil for one in one
    /// go.
    var parts: (first: String, last: String)?

    /// Writes the loops.
    func write(to text: inout CText) {
        let function = OpFunction(op)
        let terms = zip(inputs, op.einsum.inputs).map { $0.element(Self.index($1.rows), Self.index($1.columns)) }
        text.line("for (idx i = \(rows.low); i < \(rows.high); i++) {")
        text.line("for (idx j = \(columns.low); j < \(columns.high); j++) {")
        if let reduction {
            let place = outputs.first?.element("i", "j") ?? "0"
            let start = parts.map { "\($0.first) ? \(function.initial) : \(place)" } ?? function.initial
            let terms = terms.map { "(double)\($0)" }
            text.line("double s = \(start);")
            text.line("for (idx k = \(reduction.low); k < \(reduction.high); k++) {")
            text.line("s = \(function.next("s", terms));")
            text.line("}")
            if let finish = function.finish {
                let value = finish.replacing(" n", with: " \(reductionLength).0")
                text.line((parts.map { "if (\($0.last)) " } ?? "") + "s = \(value);")
            }
            for output in outputs { text.line("\(output.element("i", "j")) = (float)s;") }
        } else {
            text.line("const double s = \(function.value(of: terms.map { "(double)\($0)" }));")
            for output in outputs { text.line("\(output.element("i", "j")) = (float)s;") }
        }
        text.line("}")
        text.line("}")
    }

    private static func index(_ letter: Letter) -> String {
        switch letter {
        case .row: "i"
        case .column: "j"
        case .reduction: "k"
        case .one: "0"
        }
    }
}
