// The text of a problem file and what can be wrong with it.
extension Einsum {
    /// The text of a problem file, such as `ik,kj->ij`.
    public var description: String {
        inputs.map(\.description).joined(separator: ",") + "->" + output.description
    }

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
            inputs.append(try Self.access(part, .input(index)))
        }
        let output = try Self.access(text[arrow.upperBound...], .output)
        self.init(inputs: inputs, output: output)
        try checkLetters()
    }

    private static func access(_ text: Substring, _ place: EinsumError.Place) throws(EinsumError) -> Access {
        let characters = Array(text)
        guard characters.count == 2 else {
            throw EinsumError(
                "einsum has \"\(text.prefix(20))\" for ", place, "; two letters are needed, row then column")
        }
        var letters: [Letter] = []
        for character in characters {
            guard let letter = Letter(rawValue: character) else {
                let isReduction = character.isLetter && character.isLowercase && character.isASCII
                throw EinsumError(
                    "einsum has the letter \"\(character)\" in ", place,
                    isReduction
                        ? "; an op has one reduction letter, k, beside i and j" : "; letters are i, j, k and 1")
            }
            letters.append(letter)
        }
        return Access(letters[0], letters[1])
    }

    /// Checks what needs no tensors (RULES 7, "File").
    func checkLetters() throws(EinsumError) {
        guard output.rows == .row || output.rows == .one, output.columns == .column || output.columns == .one,
            output != Access(.one, .one)
        else {
            throw EinsumError("einsum has the letters \"\(output)\" in ", .output, "; an output is ij, i1 or 1j")
        }
        for (index, input) in inputs.enumerated() {
            if input.rows == input.columns, input.rows != .one {
                throw EinsumError("einsum has the letter \"\(input.rows.rawValue)\" twice in ", .input(index))
            }
            for letter in [input.rows, input.columns] {
                let isMissing =
                    letter == .row && output.rows != .row || letter == .column && output.columns != .column
                if isMissing {
                    throw EinsumError(
                        "einsum has the letter \"\(letter.rawValue)\" in ", .input(index), " but not in the output")
                }
            }
            if isReducing, !input.isReduced {
                throw EinsumError(
                    "einsum has no letter \"k\" in ", .input(index), "; every input of a reducing op has it")
            }
        }
    }
}

/// A fault of an einsum, one line without the op's name.
public struct EinsumError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Where in an einsum.
    enum Place: Sendable, Hashable {
        case input(Int)
        case output
    }

    private let start: String
    private let place: Place?
    private let end: String

    /// Creates an error.
    init(_ start: String, _ place: Place? = nil, _ end: String = "") {
        self.start = start
        self.place = place
        self.end = end
    }

    /// What is wrong.
    public var description: String { description(inputs: [], outputs: [], GraphNames()) }

    /// What is wrong, with the tensor that stands at its place.
    func description(inputs: [TensorID], outputs: [TensorID], _ names: GraphNames) -> String {
        switch place {
        case .input(let index):
            let tensor = inputs.indices.contains(index) ? ", " + names.describe(inputs[index]) : ""
            return start + "input \(index)" + tensor + end
        case .output:
            return start + "the output" + (outputs.first.map { ", " + names.describe($0) } ?? "") + end
        case nil:
            return start + end
        }
    }
}
