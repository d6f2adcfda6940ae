import Foundation
import TensorGraph
import TestSupport
import Testing

@Suite("Einsums and names in problem files (RULES 1 and 7)")
struct EinsumFileTests {
    /// A column mean and what it is subtracted from; tensor 1 has no name.
    private static let sound = """
        {
          "widths": [3, 1, 3],
          "heights": [2, 2, 2],
          "inputs": [[0], [0, 1]],
          "outputs": [[1], [2]],
          "base_costs": [0, 2.5],
          "op_types": ["Einsum", "Einsum"],
          "einsums": ["ik->i1", "ij,i1->ij"],
          "fast_memory_capacity": 100,
          "slow_memory_bandwidth": 1.5,
          "native_granularity": [4, 8],
          "op_names": ["mean", "centre \\"x\\"\\u0001"],
          "tensor_names": ["x", null, "y"],
          "op_functions": ["mean", null]
        }

        """

    private func read(_ text: String) throws -> Result<Problem, FileError> {
        try withTemporaryFolder { folder in
            let path = folder.appendingPathComponent("problem.json").path
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            return Result { () throws(FileError) in try ProblemFile.read(path) }
        }
    }

    private func message(replacing old: String, by new: String) throws -> String? {
        let text = Self.sound.replacing(old, with: new, maxReplacements: 1)
        try #require(text != Self.sound)
        guard case .failure(let error) = try read(text) else { return nil }
        #expect(error.kind == .badData)
        #expect(!error.description.contains("\n"))
        return error.message
    }

    @Test("All four lists are read, and written as they were")
    func roundTrip() throws {
        let problem = try read(Self.sound).get()
        #expect(problem.ops.map(\.einsum.description) == ["ik->i1", "ij,i1->ij"])
        #expect(problem.ops.map(\.kind) == [nil, nil])
        #expect(problem.ops.map(\.isReducing) == [true, false])
        #expect(problem.ops.map(\.name) == ["mean", "centre \"x\"\u{1}"])
        #expect(problem.ops.map(\.function) == ["mean", nil])
        #expect(problem.tensorNames == ["x", nil, "y"])
        #expect(problem.ops.map(\.baseCost) == [0, 2.5])
        #expect(ProblemFile.text(of: problem) == Self.sound)
    }

    @Test("Lists that say nothing are not written", arguments: ["[null, null]", "null"])
    func emptyLists(list: String) throws {
        let text = Self.sound.replacing("[\"mean\", null]", with: list)
        #expect(!ProblemFile.text(of: try read(text).get()).contains("op_functions"))
    }

    @Test("An einsum that is a contest type is written as that type")
    func contestTypes() throws {
        let text = Self.sound.replacing("ij,i1->ij", with: "ij,ij->ij").replacing("[3, 1, 3]", with: "[1, 1, 1]")
        let written = ProblemFile.text(of: try read(text).get())
        #expect(written.contains("\"op_types\": [\"Einsum\", \"Pointwise\"]"))
        #expect(written.contains("\"einsums\": [\"ik->i1\", null]"))
    }

    @Test(
        "A fault of an einsum names op, tensor and letter",
        arguments: [
            ("ik->i1", "iq->i1", "input 0, tensor 0 (x); an op has one reduction letter, k, beside i and j", "\"q\""),
            ("ik->i1", "iI->i1", "input 0, tensor 0 (x); letters are i, j, k and 1", "\"I\""),
            ("ik->i1", "ik=>i1", "has no \"->\"", "einsum \"ik=>i1\""),
            ("ik->i1", "ik->ik", "in the output, tensor 1; an output is ij, i1 or 1j", "letters \"ik\""),
            ("ik->i1", "ik->11", "in the output, tensor 1; an output is ij, i1 or 1j", "letters \"11\""),
            ("ik->i1", "ii->i1", "twice in input 0, tensor 0 (x)", "\"i\""),
            ("ik->i1", "ikk->i1", "two letters are needed", "\"ikk\" for input 0, tensor 0 (x)"),
            ("ik->i1", "ij->i1", "in input 0, tensor 0 (x) but not in the output", "\"j\""),
            ("ik->i1", "ik->", "two letters are needed", "\"\" for the output, tensor 1"),
            ("ik->i1", "ik,->i1", "two letters are needed", "\"\" for input 1"),
            ("ik->i1", "ik,ik->i1", "has 2 inputs, the op 1", "einsum ik,ik->i1"),
            ("ik->i1", "ki->i1", "is 2 in tensor 1 and 3 in tensor 0 (x)", "letter i"),
            ("ik->i1", "1k->i1", "in tensor 0 (x) it is 2", "letter 1 is a side of length 1"),
        ])
    func faults(old: String, new: String, expected: String, letter: String) throws {
        let message = try message(replacing: old, by: new)
        #expect(message?.hasPrefix("op 0 (mean): ") == true, "\(message ?? "no error")")
        #expect(message?.contains(expected) == true, "\(message ?? "no error")")
        #expect(message?.contains(letter) == true, "\(message ?? "no error")")
    }

    @Test("An input without the reduction letter, in a reducing op, is named")
    func missingReduction() throws {
        #expect(
            try message(replacing: "ij,i1->ij", by: "ik,i1->i1")
                == "op 1 (centre \"x\"\u{1}): einsum has no letter \"k\" in input 1, tensor 1; "
                + "every input of a reducing op has it")
    }

    @Test("A reducing op writes one tensor")
    func severalOutputs() throws {
        #expect(
            try message(replacing: "[[1], [2]]", by: "[[1, 2], [2]]")
                == "op 0 (mean): reads tensor 0 (x) along a reduction, letter k, and such an op writes one tensor; "
                + "this one writes 2, tensor 2 (y) among them")
    }

    @Test(
        "Types and lists that do not fit",
        arguments: [
            ("[\"Einsum\", ", "[\"MatMul\", ", "op 0 (mean): type is MatMul, so that its entry in einsums is null"),
            ("[\"ik->i1\", ", "[null, ", "op 0 (mean): type is Einsum, but einsums has no entry for it"),
            ("[\"Einsum\", ", "[\"Conv\", ", "op 0 (mean): type \"Conv\" is none of MatMul, Pointwise and Einsum"),
            ("[\"ik->i1\", ", "[", "inputs describes 2 ops but einsums 1"),
            ("[\"mean\", null]", "[\"mean\"]", "inputs describes 2 ops but op_functions 1"),
            ("[\"x\", null, \"y\"]", "[\"x\"]", "3 widths but 1 tensor_names"),
            ("[\"x\", null, \"y\"]", "[\"x\", 1, \"y\"]", "tensor 1: \"tensor_names[1]\" is not a string"),
            ("[\"mean\", null]", "[\"mean\", 2]", "op 1: \"op_functions[1]\" is not a string"),
            ("[[1], [2]]", "[[2], [2]]", "op 0 (mean): letter 1 is a side of length 1; in tensor 2 (y) it is 3"),
        ])
    func lists(old: String, new: String, expected: String) throws {
        let message = try message(replacing: old, by: new)
        #expect(message?.hasPrefix(expected) == true, "\(message ?? "no error")")
    }

    @Test("A tensor with two producers, all by name")
    func twoProducers() throws {
        let text = Self.sound.replacing("[3, 1, 3]", with: "[3, 1, 1]").replacing(
            "\"ij,i1->ij\"", with: "\"ik,ik->i1\""
        )
        .replacing("[0, 1]]", with: "[0, 0]]").replacing("[[1], [2]]", with: "[[1], [1]]")
        guard case .failure(let error) = try read(text) else { return #expect(Bool(false), "is read") }
        #expect(error.message == "tensor 1: is written by op 0 (mean) and by op 1 (centre \"x\"\u{1})")
    }

    @Test(
        "JSON is taken strictly",
        arguments: [
            ("[3, 1, 3]", "[3, 1, 3,]", "a comma before a closing bracket (line 2, column 22)"),
            ("[4, 8],", "[4, 8], \"widths\": [3, 1, 3],", "the key \"widths\" stands twice in one object (line 11,"),
            ("[4, 8],", "[4, 8], \"width\\u0073\": [1],", "the key \"widths\" stands twice in one object (line 11,"),
            ("[\"mean\", null]", "[\"mean\", null],", "a comma before a closing bracket"),
            ("[3, 1, 3]", "[3, 1, 128.5]", "tensor 2: \"widths[2]\" is not a whole number in range"),
            ("[4, 8]", "[4, 8.5]", "\"native_granularity[1]\" is not a whole number in range"),
        ])
    func strictness(old: String, new: String, expected: String) throws {
        let message = try message(replacing: old, by: new)
        #expect(message?.contains(expected) == true, "\(message ?? "no error")")
    }

    @Test("128.0 is a whole number, and so is 1e2")
    func wholeNumbers() throws {
        let text = Self.sound.replacing("[3, 1, 3]", with: "[3.0, 1, 3]").replacing(": 100,", with: ": 1e2,")
        #expect(ProblemFile.text(of: try read(text).get()) == Self.sound)
    }

    @Test(
        "The contest's files are written back with the same contents",
        .enabled(if: !ExternalFiles.benchmarkProblems().isEmpty, "needs $MLSYS_BENCHMARKS or ../shared/benchmarks"))
    func contestFiles() throws {
        for file in ExternalFiles.benchmarkProblems() {
            let written = ProblemFile.text(of: try ProblemFile.read(file.path))
            let (old, new) = (try String(contentsOf: file, encoding: .utf8), written)
            #expect(old.filter { !$0.isWhitespace } == new.filter { !$0.isWhitespace }, "\(file.lastPathComponent)")
        }
    }
}
