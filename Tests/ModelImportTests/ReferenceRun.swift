import Foundation
import TensorGraph
import TestSupport
import Testing

@testable import ModelImport

/// A model run by `onnx.reference`: every tensor of it.
struct ReferenceRun: Decodable {
    struct Value: Decodable {
        let shape: [Int]
        let data: [Double]
    }

    let values: [String: Value]

    init(from decoder: any Decoder) throws { values = try decoder.singleValueContainer().decode([String: Value].self) }

    /// Python with the package onnx: `$MLSYS_PYTHON`, what `.ci/install --tests` made, or python3.
    static let python: String? = {
        let candidates: [String?] = [
            ProcessInfo.processInfo.environment["MLSYS_PYTHON"],
            ExternalFiles.packageRoot.appendingPathComponent(".build/python/bin/python3").path,
            "/usr/bin/python3", "/usr/local/bin/python3",
        ]
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/python3" }
        return (candidates.compactMap { $0 } + folders).first { path in
            (try? run(path, ["-c", "import onnx.reference"]))?.code == 0
        }
    }()

    static var isThere: Bool { python != nil }

    static let absence: Comment = "needs Python's package onnx (.ci/install --tests, or $MLSYS_PYTHON)"

    /// The folder of the models and scripts beside this file.
    static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")

    static func run(model: String, seed: Int) throws -> ReferenceRun {
        let script = fixtures.appendingPathComponent("reference.py").path
        let (code, output) = try run(python ?? "python3", [script, model, String(seed)])
        try #require(code == 0, "reference.py failed")
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return try decoder.decode(ReferenceRun.self, from: output)
    }

    private static func run(_ program: String, _ arguments: [String]) throws -> (code: Int32, output: Data) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        let output = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, data)
    }

    // MARK: Matrices

    struct Missing: Error { let name: String }

    /// A part of a tensor as a matrix, row by row.
    func matrix(_ part: ImportedTensor) throws -> [Double] {
        let whole = try elements(part.origin, part.shape)
        var strides = part.shape
        var stride = 1
        for axis in part.shape.indices.reversed() {
            strides[axis] = stride
            stride *= part.shape[axis]
        }
        // Dimensions on no side have one element in the part.
        let start = part.ranges.indices.reduce(0) { $0 + part.ranges[$1].lowerBound * strides[$1] }
        func offsets(_ axes: [Int]) -> [Int] {
            axes.reduce([0]) { known, axis in
                known.flatMap { base in
                    part.ranges[axis].indices.map { base + ($0 - part.ranges[axis].lowerBound) * strides[axis] }
                }
            }
        }
        let columns = offsets(part.columnDimensions)
        return offsets(part.rowDimensions).flatMap { row in columns.map { whole[start + row + $0] } }
    }

    private func value(_ name: String) throws -> Value {
        guard let value = values[name] else { throw Missing(name: name) }
        return value
    }

    private func elements(_ origin: TensorOrigin, _ shape: [Int]) throws -> [Double] {
        switch origin {
        case .model(let name), .boundary(let name): return try value(name).data
        case .number(let number): return [number]
        case .gathered(let name): return try value("\(name) (gathered)").data
        case .patches(let name, let kernel): return try patches(value(name), kernel)
        case .derived("one_hot", _, let numbers):
            return (0..<Int(numbers[1])).map { $0 == Int(numbers[0]) ? 1 : 0 }
        case .derived("window_mask", _, let numbers):
            return (0..<shape[0]).flatMap { row in
                (0..<shape[1]).map { column in
                    let place = Double(row) + numbers[0] - Double(column)
                    let isSeen = (numbers[1] < 0 || place <= numbers[1]) && (numbers[2] < 0 || -place <= numbers[2])
                    return isSeen ? 0 : -.infinity
                }
            }
        case .derived("batch_norm_scale", let names, let numbers):
            return try zip(value(names[0]).data, value(names[1]).data).map { $0 / ($1 + numbers[0]).squareRoot() }
        case .derived("batch_norm_shift", let names, let numbers):
            let (s, t) = (try value(names[0]).data, try value(names[1]).data)
            let (mean, variance) = (try value(names[2]).data, try value(names[3]).data)
            return s.indices.map { t[$0] - mean[$0] * s[$0] / (variance[$0] + numbers[0]).squareRoot() }
        case .derived(let function, _, _): throw Missing(name: function)
        }
    }

    /// [batch, groups, channels, places in a patch, patches] of one image with square patches.
    private func patches(_ image: Value, _ kernel: [Int]) -> [Double] {
        let (channels, height, width) = (image.shape[1], image.shape[2], image.shape[3])
        var result: [Double] = []
        for channel in 0..<channels {
            for y in 0..<kernel[0] {
                for x in 0..<kernel[1] {
                    for row in stride(from: y, to: height, by: kernel[0]) {
                        for column in stride(from: x, to: width, by: kernel[1]) {
                            result.append(image.data[(channel * height + row) * width + column])
                        }
                    }
                }
            }
        }
        return result
    }
}
