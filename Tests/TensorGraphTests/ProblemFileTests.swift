import Foundation
import TensorGraph
import TestSupport
import Testing

@Suite("Problem files")
struct ProblemFileTests {
    /// A sound file: MatMul of 3 x 2 and 5 x 3, then a Pointwise op.
    static let fields: [(name: String, json: String)] = [
        ("widths", "[3, 5, 5, 5]"), ("heights", "[2, 3, 2, 2]"), ("inputs", "[[0, 1], [2]]"),
        ("outputs", "[[2], [3]]"), ("base_costs", "[10, 2.5]"), ("op_types", "[\"MatMul\", \"Pointwise\"]"),
        ("fast_memory_capacity", "100"), ("slow_memory_bandwidth", "1.5"), ("native_granularity", "[4, 8]"),
    ]

    private func text(_ changed: [String: String] = [:], without missing: String? = nil) -> String {
        let parts = Self.fields.filter { $0.name != missing }.map { field in
            "\"\(field.name)\": \(changed[field.name] ?? field.json)"
        }
        return "{" + parts.joined(separator: ", ") + "}"
    }

    private func read(_ text: String) throws -> Result<Problem, FileError> {
        try withTemporaryFolder { folder in
            let path = folder.appendingPathComponent("problem.json").path
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            return Result { () throws(FileError) in try ProblemFile.read(path) }
        }
    }

    private func message(_ text: String) throws -> String? {
        switch try read(text) {
        case .success: return nil
        case .failure(let error):
            #expect(error.kind == .badData)
            #expect(error.description == "\(error.path): \(error.message)")
            return error.message
        }
    }

    @Test("A sound file is read as it stands")
    func sound() throws {
        let problem = try read(text()).get()
        #expect(problem.tensors == zip([3, 5, 5, 5], [2, 3, 2, 2]).map { Tensor(width: $0, height: $1) })
        #expect(problem.ops.map(\.kind) == [.matMul, .pointwise])
        #expect(problem.ops.map(\.baseCost) == [10, 2.5])
        #expect(
            problem.hardware
                == Hardware(fastMemoryCapacity: 100, slowMemoryBandwidth: 1.5, nativeWidth: 4, nativeHeight: 8))
    }

    @Test("Unknown fields are ignored")
    func unknownField() throws {
        #expect(try message(text().replacing("{", with: "{\"comment\": [null], ", maxReplacements: 1)) == nil)
    }

    @Test("A missing field is named", arguments: ProblemFileTests.fields.map(\.name))
    func missing(field: String) throws {
        #expect(try message(text(without: field)) == "the field \"\(field)\" is missing")
    }

    @Test("A field of another type is named", arguments: ProblemFileTests.fields.map(\.name))
    func wrongType(field: String) throws {
        let message = try message(text([field: "\"seven\""]))
        #expect(message?.hasPrefix("\"\(field)\" is not a") == true, "\(message ?? "no error")")
    }

    @Test(
        "An element of another type is named with its op or tensor",
        arguments: [
            ("widths", "[3, 5, \"5\", 5]", "tensor 2: \"widths[2]\" is not a whole number"),
            ("heights", "[2, null, 2, 2]", "tensor 1: \"heights[1]\" is null, not a whole number"),
            ("inputs", "[[0, 1], [2, true]]", "op 1: \"inputs[1][1]\" is not a whole number"),
            ("outputs", "[[2], 3]", "op 1: \"outputs[1]\" is not a list"),
            ("base_costs", "[10, \"2\"]", "op 1: \"base_costs[1]\" is not a number"),
            ("op_types", "[\"MatMul\", 1]", "op 1: \"op_types[1]\" is not a string"),
        ])
    func wrongElement(field: String, json: String, expected: String) throws {
        let file = text([field: json])
        let message = try #require(try message(file))
        // Behind it, where that is in the file: one line here.
        let place = try #require(message.wholeMatch(of: /(.*) \(line 1, column (\d+)\)/))
        #expect(place.output.1 == expected)
        let rest = file.utf8.dropFirst(try #require(Int(place.output.2)) - 1)
        let wrong = ["\"5\"", "null", "true", "3]", "\"2\"", "1]"]
        #expect(wrong.contains { rest.starts(with: $0.utf8) }, "\(message)")
    }

    @Test("A fault is told with its line and column, whatever stands before it")
    func places() throws {
        let file = """
            {"comment": {"a, b": [1, "x \\" ] }", {"c": 2}], "widths": [9]}, "names": [],

             "widths" : [3,
               5, 5.5,\t5], "heights": [2, 3, 2, 2]}
            """
        #expect(try message(file) == "tensor 2: \"widths[2]\" is not a whole number in range (line 4, column 7)")
        #expect(try message("{\"widths\": [1],\n\"heights\": 3}") == "\"heights\" is not a list (line 2, column 12)")
        #expect(try message("\u{FEFF}{\"widths\": 1}") == "\"widths\" is not a list (line 1, column 15)")
    }

    @Test("A fraction or a number too large for an index is named", arguments: ["2.5", "1e30", "9223372036854775808"])
    func badInteger(number: String) throws {
        for (field, json, place) in [
            ("widths", "[3, 5, \(number), 5]", "tensor 2: \"widths[2]\""),
            ("inputs", "[[0, 1], [\(number)]]", "op 1: \"inputs[1][0]\""),
            ("fast_memory_capacity", number, "\"fast_memory_capacity\""),
        ] {
            let message = try message(text([field: json]))
            #expect(message?.hasPrefix(place) == true, "\(message ?? "no error")")
        }
    }

    @Test("A number too large to read at all is named")
    func hugeNumber() throws {
        let message = try message(text(["base_costs": "[1, 1e400]"]))
        #expect(message?.hasPrefix("op 1: \"base_costs[1]\"") == true, "\(message ?? "no error")")
    }

    @Test(
        "Lists of different lengths are counted",
        arguments: [
            ("heights", "[2, 3, 2]", "4 widths but 3 heights"),
            ("heights", "[2, 3, 2, 2, 2]", "4 widths but 5 heights"),
            ("outputs", "[[2]]", "inputs describes 2 ops but outputs 1"),
            ("base_costs", "[1, 2, 3]", "inputs describes 2 ops but base_costs 3"),
            ("op_types", "[]", "inputs describes 2 ops but op_types 0"),
            ("native_granularity", "[4]", "native_granularity has 1 numbers, not two"),
            ("native_granularity", "[4, 4, 4]", "native_granularity has 3 numbers, not two"),
        ])
    func lengths(field: String, json: String, expected: String) throws {
        #expect(try message(text([field: json])) == expected)
    }

    @Test("An op type that is unknown is quoted (#4)", arguments: ["Conv", "matmul", ""])
    func unknownKind(kind: String) throws {
        #expect(
            try message(text(["op_types": "[\"MatMul\", \"\(kind)\"]"]))
                == "op 1: type \"\(kind)\" is none of MatMul, Pointwise and Einsum")
    }

    @Test("A fault of the graph is told as the problem tells it")
    func invalidGraph() throws {
        #expect(
            try message(text(["inputs": "[[0, 1], [3]]", "outputs": "[[2], [2]]"]))
                == "tensor 2: is written by op 0 and by op 1")
    }

    @Test("Whatever is not JSON is refused", arguments: ["nonsense", "[", "\u{1}", "{}}", "NaN", "{\"widths\": [1,}"])
    func notJSON(text: String) throws {
        #expect(try message(text)?.hasPrefix("is not valid JSON") == true)
    }

    @Test("A file cut off anywhere is refused")
    func truncated() throws {
        let whole = Array(text())
        for length in stride(from: 1, to: whole.count, by: 7) {
            #expect(try message(String(whole[..<length]))?.hasPrefix("is not valid JSON") == true)
        }
    }

    @Test(
        "Faults of the form are told with their place, in fields that nobody reads too",
        arguments: [
            ("[01]", "no value where one belongs (line 1, column 11)"),
            ("[1.]", "no value where one belongs (line 1, column 11)"),
            ("[.5]", "no value where one belongs (line 1, column 11)"),
            ("[+1]", "no value where one belongs (line 1, column 11)"),
            ("[-]", "no value where one belongs (line 1, column 11)"),
            ("[1e]", "no value where one belongs (line 1, column 11)"),
            ("[trux]", "no value where one belongs (line 1, column 11)"),
            ("[1 2]", "a comma or a closing bracket is missing (line 1, column 13)"),
            ("[1, {\"a\": 2}, ]", "a comma before a closing bracket (line 1, column 24)"),
            ("{\"b\": 1, \"b\": 2}", "the key \"b\" stands twice in one object (line 1, column 22)"),
            ("{1: 2}", "a key in quotes is missing (line 1, column 11)"),
            ("{\"b\" 1}", "a colon is missing (line 1, column 15)"),
            ("\"\\q\"", "a text has an escape or a byte that means nothing (line 1, column 14)"),
            ("\"\\ud800\"", "a text has an escape or a byte that means nothing (line 1, column 18)"),
            ("\"a\tb\"", "a control character in a text (line 1, column 12)"),
        ])
    func form(json: String, expected: String) throws {
        // What is wrong with the form comes first: what a field is, nobody knows before it is JSON.
        let rest = text(["widths": "true"]).dropFirst()
        #expect(try message("{\"more\": \(json), \(rest)") == "is not valid JSON: \(expected)")
        let sound = "{\"more\": [1, {}, [], \"\\ud83d\\ude00 \\n\"], \(rest)"
        #expect(try message(sound)?.hasPrefix("\"widths\" is not a list") == true)
    }

    @Test("Bytes that are no characters are refused, wherever they are")
    func noCharacters() throws {
        for field in ["op_names", "more"] {
            let whole = Data(text().dropLast().utf8) + Data(", \"\(field)\": [\"a\u{308}".utf8)
            try withTemporaryFolder { folder in
                let path = folder.appendingPathComponent("problem.json").path
                for (bytes, isSound) in [(Data([0x62]), true), (Data([0xFF]), false), (Data([0xC3]), false)] {
                    try (whole + bytes + Data("\", null]}".utf8)).write(to: URL(fileURLWithPath: path))
                    let message = Result { () throws(FileError) in try ProblemFile.read(path) }.failure?.message
                    #expect((message == nil) == isSound, "\(message ?? "is read")")
                    #expect(isSound || message?.hasPrefix("is not valid JSON: a text has") == true)
                }
            }
        }
    }

    @Test("Numbers are read as they are written: digits, signs, points and exponents")
    func numbers() throws {
        for number in ["7", "999999999999999", "1000000000000000", "0.1", "2.5e-3", "1E+2", "12345678.901234567"] {
            let problem = try read(text(["slow_memory_bandwidth": number])).get()
            #expect(problem.hardware.slowMemoryBandwidth == Double(number))
        }
        let faults = ["-7": "-7", "-9223372036854775808": "-9223372036854775808", "-0": "0"]
        for (number, value) in faults {
            #expect(try message(text(["fast_memory_capacity": number]))?.contains(" \(value)") == true)
        }
    }

    @Test("JSON that is no object is refused")
    func noObject() throws {
        #expect(try message("[1, 2]") == "the file as a whole is not an object")
        #expect(try message("null") == "the file as a whole is null, not an object")
    }

    @Test("An empty file is called empty")
    func empty() throws {
        #expect(try message("") == "is empty")
    }

    @Test("Lists nested a hundred thousand deep are refused, not followed")
    func deepNesting() throws {
        let depth = 100_000
        let nested = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        #expect(try message(nested)?.hasPrefix("is not valid JSON") == true)
        #expect(try message(text(["widths": nested]))?.hasPrefix("is not valid JSON") == true)
    }

    @Test("A file that is not there, or is a folder, is no input")
    func noInput() throws {
        try withTemporaryFolder { folder in
            for path in [folder.path, folder.path + "/missing.json", folder.path + "/missing/problem.json"] {
                let error = #expect(throws: FileError.self) { try ProblemFile.read(path) }
                #expect(error?.kind == .noInput)
                #expect(error?.path == path)
            }
        }
    }

    @Test("Writing and reading gives the same problem")
    func roundTrip() throws {
        var problems = ProblemGenerator(seed: 12)
        try withTemporaryFolder { folder in
            let path = folder.appendingPathComponent("problem.json").path
            for _ in 0..<100 {
                let problem = try problems.next()
                try ProblemFile.write(problem, to: path)
                let copy = try ProblemFile.read(path)
                #expect(copy.tensors == problem.tensors)
                #expect(copy.ops == problem.ops)
                #expect(copy.hardware == problem.hardware)
            }
        }
    }

    @Test(
        "The contest's files are read",
        .enabled(if: !ExternalFiles.benchmarkProblems().isEmpty, "needs $MLSYS_BENCHMARKS or ../shared/benchmarks"))
    func contestFiles() throws {
        for file in ExternalFiles.benchmarkProblems() {
            #expect(throws: Never.self, "\(file.lastPathComponent)") { try ProblemFile.read(file.path) }
        }
    }
}

extension Result {
    fileprivate var failure: Failure? { if case .failure(let error) = self { error } else { nil } }
}
