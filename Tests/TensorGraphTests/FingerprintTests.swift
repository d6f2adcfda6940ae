import Foundation
import TensorGraph
import TestSupport
import Testing

@Suite("Fingerprints of problems")
struct FingerprintTests {
    @Test("Every number of a problem counts, names do not")
    func differences() throws {
        func problem(
            width: Int = 128, cost: Double = 10, capacity: Int = 1 << 20, name: String? = nil, isSwapped: Bool = false
        ) throws -> Problem {
            let tensors = [
                Tensor(width: 128, height: 128), Tensor(width: width, height: 128), Tensor(width: width, height: 128),
                Tensor(width: 128, height: 128),
            ]
            let inputs = [TensorID(0), TensorID(isSwapped ? 3 : 1)]
            return try Problem(
                tensors: tensors,
                ops: [
                    Op(.matMul, inputs: inputs, outputs: [TensorID(2)], baseCost: cost, name: name)
                ],
                hardware: Hardware(
                    fastMemoryCapacity: capacity, slowMemoryBandwidth: 10, nativeWidth: 128, nativeHeight: 128))
        }
        let plain = try problem().fingerprint
        #expect(plain.count == 16 && plain.allSatisfy(\.isHexDigit))
        #expect(try problem(name: "query").fingerprint == plain)
        let others = [
            try problem(width: 256), try problem(cost: 10.5), try problem(capacity: 1 << 21),
            try problem(isSwapped: true),
        ].map(\.fingerprint)
        #expect(Set(others + [plain]).count == 5)
    }

    @Test("A file and its copy in another layout have the same, whatever the machine")
    func layouts() throws {
        try withTemporaryFolder { folder in
            let path = ExternalFiles.packageRoot.appendingPathComponent("benchmarks/problems/mlp-4.json").path
            let problem = try ProblemFile.read(path)
            let copy = folder.appendingPathComponent("copy.json")
            let object = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: path)))
            try JSONSerialization.data(withJSONObject: object, options: .prettyPrinted).write(to: copy)
            #expect(try ProblemFile.read(copy.path).fingerprint == problem.fingerprint)
        }
    }
}
