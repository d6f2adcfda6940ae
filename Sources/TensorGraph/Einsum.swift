/// What one side of an input follows (RULES 7, "File").
public enum Letter: Character, Sendable, Hashable, CaseIterable {
    /// The output's row.
    case row = "i"
    /// The output's column.
    case column = "j"
    /// The op's reduction.
    case reduction = "k"
    /// A side of length one, the same for the whole output.
    case one = "1"
}

/// How an op reads an input, or writes its outputs: what the rows and the columns of the tensor follow (RULES 7).
public struct Access: Sendable, Hashable, CustomStringConvertible {
    /// What the tensor's rows follow.
    public let rows: Letter
    /// What the tensor's columns follow.
    public let columns: Letter

    /// Creates an access.
    @inlinable public init(_ rows: Letter, _ columns: Letter) {
        self.rows = rows
        self.columns = columns
    }

    /// `ij`: element by element.
    public static let elementwise = Access(.row, .column)

    /// True when a side runs along the op's reduction.
    @inlinable public var isReduced: Bool { rows == .reduction || columns == .reduction }

    /// Two letters, row then column.
    public var description: String { String([rows.rawValue, columns.rawValue]) }
}

/// What an op does with rows and columns, in the notation of RULES 7: `ik,kj->ij`.
///
/// An op is *reducing* when its inputs carry the letter `k`, and a *map* otherwise.
public struct Einsum: Sendable, Hashable, CustomStringConvertible {
    /// How each input is read, in the order of the op's inputs.
    public let inputs: [Access]
    /// How the outputs are written: `ij`, `i1` or `1j`.
    public let output: Access
    /// True when the inputs carry a reduction letter.
    public let isReducing: Bool

    /// Creates an einsum; ``Problem`` validates it against the op and its tensors.
    public init(inputs: [Access], output: Access = .elementwise) {
        self.inputs = inputs
        self.output = output
        isReducing = inputs.contains(where: \.isReduced)
    }

    /// `ik,kj->ij`: `inputs[0]` (H x K) times `inputs[1]` (K x W).
    public static let matMul = Einsum(inputs: [Access(.row, .reduction), Access(.reduction, .column)])

    /// `ij,ij,...->ij`: every output element depends on the same element of every input.
    public static func pointwise(inputs count: Int) -> Einsum {
        Einsum(inputs: Array(repeating: .elementwise, count: count))
    }

    /// The text of a problem file, such as `ik,kj->ij`.
    public var description: String {
        inputs.map(\.description).joined(separator: ",") + "->" + output.description
    }
}

extension Einsum {
    /// Reads the text of a problem file.
    ///
    /// - Throws: ``EinsumError`` that names the input and the letter at fault.
    public init(_ text: String) throws(EinsumError) {
        guard let arrow = text.firstRange(of: "->") else {
            throw EinsumError("einsum \"\(text.prefix(40))\" has no \"->\"")
        }
        let left = text[..<arrow.lowerBound]
        var inputs: [Access] = []
        for (index, part) in left.split(separator: ",", omittingEmptySubsequences: false).enumerated() {
            if left.isEmpty { break }
            inputs.append(try Self.access(part, "input \(index)"))
        }
        let output = try Self.access(text[arrow.upperBound...], "the output")
        self.init(inputs: inputs, output: output)
        try checkLetters()
    }

    private static func access(_ text: some StringProtocol, _ place: String) throws(EinsumError) -> Access {
        let characters = Array(text)
        guard characters.count == 2 else {
            throw EinsumError(
                "einsum has \"\(text.prefix(20))\" for \(place); two letters are needed, row then column")
        }
        var letters: [Letter] = []
        for character in characters {
            guard let letter = Letter(rawValue: character) else {
                let isReduction = character.isLetter && character.isLowercase && character.isASCII
                throw EinsumError(
                    "einsum has the letter \"\(character)\" in \(place); "
                        + (isReduction
                            ? "an op has one reduction letter, k, beside i and j" : "letters are i, j, k and 1"))
            }
            letters.append(letter)
        }
        return Access(letters[0], letters[1])
    }

    /// Checks what needs no tensors (RULES 7, "File").
    func checkLetters() throws(EinsumError) {
        guard output != Access(.one, .one), output.rows == .row || output.rows == .one,
            output.columns == .column || output.columns == .one
        else {
            throw EinsumError("einsum writes \"\(output)\"; an output is ij, i1 or 1j")
        }
        for (index, input) in inputs.enumerated() {
            if input.rows == input.columns, input.rows != .one {
                throw EinsumError("einsum has the letter \"\(input.rows.rawValue)\" twice in input \(index)")
            }
            for letter in [input.rows, input.columns] {
                let isMissing =
                    letter == .row && output.rows != .row || letter == .column && output.columns != .column
                if isMissing {
                    throw EinsumError(
                        "einsum has the letter \"\(letter.rawValue)\" in input \(index) but not in the output")
                }
            }
            if isReducing, !input.isReduced {
                throw EinsumError("einsum has no letter \"k\" in input \(index); every input of a reducing op has it")
            }
        }
    }
}

/// A fault of an einsum, one line without the op's name.
public struct EinsumError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong.
    public let description: String

    /// Creates an error.
    init(_ description: String) { self.description = description }
}
