import Foundation
import TestSupport
import Testing

/// Models whose weights are far larger than memory: sparse files, of which nothing but the headers exists.
@Suite(
    "Weights of 10 GB stay in their file", .enabled(if: InstalledTool.python.isInstalled, InstalledTool.python.absence))
struct LargeWeightTests {
    private static let chip = ExternalFiles.packageRoot.appendingPathComponent("benchmarks/hardware/gemmini.json").path

    /// `y = x W` with a square weight of 50,000 x 50,000 floats.
    private static let side = 50_000
    private static let weightBytes = 4 * side * side

    // MARK: The wire format of protocol buffers

    private static func varint(_ value: Int) -> [UInt8] {
        var (rest, bytes) = (value, [UInt8]())
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    private static func number(_ field: Int, _ value: Int) -> [UInt8] { varint(field << 3) + varint(value) }

    private static func head(_ field: Int, _ length: Int) -> [UInt8] { varint(field << 3 | 2) + varint(length) }

    private static func message(_ field: Int, _ parts: [UInt8]...) -> [UInt8] {
        let body = parts.flatMap(\.self)
        return head(field, body.count) + body
    }

    private static func text(_ field: Int, _ text: String) -> [UInt8] { message(field, Array(text.utf8)) }

    private static func value(_ field: Int, _ name: String, _ shape: [Int]) -> [UInt8] {
        let dimensions = shape.flatMap { message(1, number(1, $0)) }
        return message(field, text(1, name), message(2, message(1, number(1, 1), message(2, dimensions))))
    }

    /// A model up to the payload of its weight, how many bytes that has, and what follows it.
    private static func model(payload: Int, external: String?) -> (before: [UInt8], after: [UInt8]) {
        let node = message(1, text(1, "x"), text(1, "w"), text(2, "y"), text(3, "/product"), text(4, "MatMul"))
        let ends = value(11, "x", [16, side]) + value(12, "y", [16, side])
        var weight = number(1, side) + number(1, side) + number(2, 1) + text(8, "w")
        if let external {
            weight += message(13, text(1, "location"), text(2, external)) + number(14, 1)
        } else {
            weight += head(9, payload)
        }
        let length = external == nil ? weight.count + payload : weight.count
        let graph = node + ends + head(5, length) + weight
        let before = number(1, 8) + head(7, graph.count + (external == nil ? payload : 0)) + graph
        return (before, message(8, text(1, ""), number(2, 17)))
    }

    /// A file with a hole of so many bytes between two parts; false where the file system fills holes.
    private func write(_ path: String, _ before: [UInt8], hole: Int, _ after: [UInt8]) throws -> Bool {
        try Data().write(to: URL(fileURLWithPath: path))
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        defer { try? file.close() }
        try file.write(contentsOf: Data(before))
        try file.truncate(atOffset: UInt64(before.count + hole))
        try file.seek(toOffset: UInt64(before.count + hole))
        try file.write(contentsOf: Data(after))
        var status = stat()
        return stat(path, &status) == 0 && Int(status.st_blocks) * 512 < 1 << 20
    }

    /// Runs a shell command that finds the program in `$mlsys`; what it prints, and the most memory that a process of
    /// it had, in MiB. A small process has to start it: Linux counts what a child had before it became another program.
    private func measure(_ command: String, in folder: URL) throws -> (text: String, mebibytes: Double) {
        let script = """
            import resource, subprocess, sys
            run = subprocess.run(["sh", "-c", sys.argv[1]], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            print(run.stdout.strip() if run.returncode == 0 else "failed: " + run.stdout)
            print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)
            """
        let (code, text) = try InstalledTool.python.run(
            ["-c", script, command], in: folder,
            environment: ["mlsys": Program.path()].merging(Program.instrumentation) { $1 })
        #expect(code == 0, "\(text)")
        let lines = text.split(separator: "\n")
        return (lines.dropLast().joined(separator: "\n"), try #require(lines.last.flatMap { Double($0) }))
    }

    private func isImported(_ text: String) -> Bool {
        text.contains("1 node, 1 einsum") && text.contains("40,000,000,000 multiply-adds")
    }

    /// Other readers refuse a message of 2 GB and more; here its length is a number like any other.
    @Test("Inside of the model file", .timeLimit(.minutes(2)))
    func inside() throws {
        try withTemporaryFolder { folder in
            let (before, after) = Self.model(payload: Self.weightBytes, external: nil)
            guard try write(folder.path("large.onnx"), before, hole: Self.weightBytes, after) else {
                print("skipped: the file system has no sparse files")
                return
            }
            let run = try measure("\"$mlsys\" import large.onnx --hardware '\(Self.chip)' -o p.json", in: folder)
            #expect(isImported(run.text), "\(run.text)")
            #expect(run.mebibytes < 200)
            let streamed = try measure(
                "\"$mlsys\" import - --hardware '\(Self.chip)' -o q.json < large.onnx", in: folder)
            #expect(isImported(streamed.text) && streamed.mebibytes < 200)
            let files = try ["p.json", "q.json"].map { try Data(contentsOf: folder.appendingPathComponent($0)) }
            #expect(files[0] == files[1])
        }
    }

    @Test("Beside the model file, as exporters put them")
    func beside() throws {
        try withTemporaryFolder { folder in
            let (before, after) = Self.model(payload: 0, external: "large.bin")
            try Data(before + after).write(to: folder.appendingPathComponent("small.onnx"))
            guard try write(folder.path("large.bin"), [], hole: Self.weightBytes, [0]) else {
                print("skipped: the file system has no sparse files")
                return
            }
            let run = try measure("\"$mlsys\" import small.onnx --hardware '\(Self.chip)'", in: folder)
            #expect(isImported(run.text), "\(run.text)")
            #expect(run.mebibytes < 200)
        }
    }

    @Test("Through a pipe: it goes to a temporary file, of which nothing is left", .timeLimit(.minutes(2)))
    func piped() throws {
        try withTemporaryFolder { folder in
            let size = 400 << 20
            let (before, after) = Self.model(payload: size, external: nil)
            guard try write(folder.path("m.onnx"), before, hole: size, after) else {
                print("skipped: the file system has no sparse files")
                return
            }
            let run = try measure(
                "mkdir t && cat m.onnx | TMPDIR=$PWD/t \"$mlsys\" import - --hardware '\(Self.chip)' && ls t | wc -l",
                in: folder)
            #expect(isImported(run.text) && run.text.hasSuffix("\n0"), "\(run.text)")
            #expect(run.mebibytes < 200)
        }
    }
}
