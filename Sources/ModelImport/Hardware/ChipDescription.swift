import Foundation
import TensorGraph

/// A chip in physical units, as a hardware file says it (`models/schema/hardware.schema.json`).
public struct ChipDescription: Sendable, Hashable, Codable {
    /// What the chip is called.
    public var name: String
    /// Where the numbers are from.
    public var source: String
    /// What the description leaves out.
    public var leavesOut: [String]
    /// Bytes of one element.
    public var dtypeBytes: Double
    /// Cycles per second.
    public var clockHz: Double
    /// Bytes of fast memory that one core schedules.
    public var fastMemoryBytes: Double
    /// Bytes per second between slow and fast memory.
    public var slowBandwidthBytesPerSecond: Double
    /// Columns and rows of the largest tile.
    public var nativeTile: [Int]
    /// Multiply-adds of the matrix unit in one cycle.
    public var multiplyAddsPerCycle: Double
    /// Elements that a vector operation works on in one cycle.
    public var vectorLanes: Double
    /// Vector operations that one element of a function takes, by name; `default` is for all others.
    public var vectorCosts: [String: Double]

    enum CodingKeys: String, CodingKey, CaseIterable {
        case name, source
        case leavesOut = "leaves_out"
        case dtypeBytes = "dtype_bytes"
        case clockHz = "clock_hz"
        case fastMemoryBytes = "fast_memory_bytes"
        case slowBandwidthBytesPerSecond = "slow_bandwidth_bytes_per_second"
        case nativeTile = "native_tile"
        case multiplyAddsPerCycle = "multiply_adds_per_cycle"
        case vectorLanes = "vector_lanes"
        case vectorCosts = "vector_costs"
    }
}

extension ChipDescription {
    /// Reads a hardware file and applies changes such as `fast_memory_bytes=262144`.
    ///
    /// `vector_costs.exp=8` changes one function's cost; `native_tile=64x64` a tile of 64 columns and 64 rows.
    ///
    /// - Throws: `FileError` that names the file and the field.
    public static func read(_ path: String, changes: [(key: String, value: String)] = []) throws(FileError) -> Self {
        let data = try readHardwareFile(path)
        func fault(_ message: String) -> FileError { FileError(path: path, kind: .badData, message: message) }
        var chip: ChipDescription
        do {
            try checkFields(data)
            chip = try JSONDecoder().decode(ChipDescription.self, from: data)
        } catch let error as ImportFault {
            throw fault(error.description)
        } catch DecodingError.keyNotFound(let key, _) {
            throw fault("the field \"\(key.stringValue)\" is missing")
        } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context) {
            throw fault(
                "the field \"\(context.codingPath.map(\.stringValue).joined(separator: "."))\" has another type")
        } catch {
            throw fault("is not valid JSON")
        }
        do throws(ImportFault) {
            for change in changes { try chip.change(change.key, to: change.value) }
            try chip.check()
        } catch {
            throw fault(error.description)
        }
        return chip
    }

    private static func readHardwareFile(_ path: String) throws(FileError) -> Data {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            throw FileError(path: path, kind: .noInput, message: "no such file")
        }
        guard !isDirectory.boolValue, let handle = FileHandle(forReadingAtPath: path) else {
            throw FileError(path: path, kind: .noInput, message: "cannot be read")
        }
        defer { try? handle.close() }
        let largest = 1 << 20
        guard let data = try? handle.read(upToCount: largest + 1), data.count <= largest else {
            throw FileError(path: path, kind: .badData, message: "is not a hardware file: it is empty or too large")
        }
        return data
    }

    private static func checkFields(_ data: Data) throws {
        guard let fields = try JSONSerialization.jsonObject(with: data) as? [String: Any] else {
            throw ImportFault("is not a JSON object")
        }
        let known = Set(CodingKeys.allCases.map(\.rawValue)).union(["label"])
        if let unknown = fields.keys.sorted().first(where: { !known.contains($0) }) {
            throw ImportFault("has an unknown field \"\(unknown.prefix(40))\"")
        }
    }

    private mutating func change(_ key: String, to text: String) throws(ImportFault) {
        if key == CodingKeys.nativeTile.rawValue {
            let sides = text.split(separator: "x").compactMap { Int($0) }
            guard sides.count == 2 else { throw ImportFault("native_tile=\(text.prefix(40)) is not WIDTHxHEIGHT") }
            nativeTile = sides
            return
        }
        if key == CodingKeys.name.rawValue {
            name = text
            return
        }
        guard let value = Double(text), value.isFinite else {
            throw ImportFault("\(key.prefix(40))=\(text.prefix(40)) has no number")
        }
        if key.hasPrefix("vector_costs.") {
            vectorCosts[String(key.dropFirst("vector_costs.".count))] = value
            return
        }
        switch CodingKeys(rawValue: key) {
        case .dtypeBytes: dtypeBytes = value
        case .clockHz: clockHz = value
        case .fastMemoryBytes: fastMemoryBytes = value
        case .slowBandwidthBytesPerSecond: slowBandwidthBytesPerSecond = value
        case .multiplyAddsPerCycle: multiplyAddsPerCycle = value
        case .vectorLanes: vectorLanes = value
        default:
            throw ImportFault("has no number called \"\(key.prefix(40))\" that could be changed")
        }
    }

    private func check() throws(ImportFault) {
        let positive = [
            ("dtype_bytes", dtypeBytes), ("clock_hz", clockHz), ("fast_memory_bytes", fastMemoryBytes),
            ("slow_bandwidth_bytes_per_second", slowBandwidthBytesPerSecond),
            ("multiply_adds_per_cycle", multiplyAddsPerCycle), ("vector_lanes", vectorLanes),
        ]
        for (field, value) in positive where !(value > 0 && value <= 1e18) {
            throw ImportFault("\(field) is \(value); it must be above 0 and at most 1e18")
        }
        for (function, cost) in vectorCosts.sorted(by: { $0.key < $1.key }) where !(cost >= 0 && cost <= 1e9) {
            throw ImportFault("vector_costs.\(function.prefix(40)) is \(cost); it must be between 0 and 1e9")
        }
        guard nativeTile.count == 2, nativeTile.allSatisfy({ (1...1 << 20).contains($0) }) else {
            throw ImportFault("native_tile has to be two numbers between 1 and 2^20, width and height")
        }
        guard fastMemoryBytes >= dtypeBytes else { throw ImportFault("fast_memory_bytes holds no element") }
    }

    /// The hardware of a problem whose unit of time is the cycle and whose unit of data is the element.
    public var hardware: Hardware {
        Hardware(
            fastMemoryCapacity: Int(min(fastMemoryBytes / dtypeBytes, 0x1p53)),
            slowMemoryBandwidth: slowBandwidthBytesPerSecond / clockHz / dtypeBytes, nativeWidth: nativeTile[0],
            nativeHeight: nativeTile[1])
    }

    /// What a cycle and an element are.
    public var physicalUnits: PhysicalUnits {
        PhysicalUnits(
            hardware: name, secondsPerUnit: 1 / clockHz, bytesPerElement: dtypeBytes,
            multiplyAddsPerUnit: multiplyAddsPerCycle)
    }

    /// Seconds that these cycles take.
    public func seconds(cycles: Double) -> Double { cycles / clockHz }
}
