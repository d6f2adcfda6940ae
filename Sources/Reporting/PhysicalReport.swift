import CostModel
import Foundation
import TensorGraph

/// What a schedule takes in seconds and bytes, and how much of the chip's peak it achieves, for tables and JSON output.
public struct PhysicalReport: Encodable, Sendable {
    /// What the chip is called.
    public let hardware: String
    /// The latency.
    public let microseconds: Double
    /// Bytes loaded from slow memory.
    public let loadedBytes: Double
    /// Bytes evicted to slow memory.
    public let evictedBytes: Double
    /// Bytes that fast memory holds.
    public let fastMemoryBytes: Double
    /// Multiply-adds of all products, each op's once.
    public let multiplyAdds: Double
    /// Those of each second; nil for a schedule that takes no time.
    public let multiplyAddsPerSecond: Double?
    /// Their part of what the chip could do, a fraction; nil if its rate is not known.
    public let computeShareOfPeak: Double?
    /// Bytes moved in each second; nil for a schedule that takes no time.
    public let bytesPerSecond: Double?
    /// Their part of what slow memory could move, a fraction.
    public let bandwidthShareOfPeak: Double?
    /// One entry per step, in schedule order.
    public let steps: [Step]

    /// The same of one step.
    public struct Step: Encodable, Sendable {
        /// The latency.
        public let microseconds: Double
        /// Bytes loaded from slow memory.
        public let loadedBytes: Double
        /// Bytes evicted to slow memory.
        public let evictedBytes: Double
        /// Multiply-adds of the step's products, each op's once.
        public let multiplyAdds: Double
        /// Their part of what the chip could do, a fraction; nil if its rate is not known.
        public let computeShareOfPeak: Double?
        /// The part of what slow memory could move, a fraction.
        public let bandwidthShareOfPeak: Double?
    }

    /// Describes an evaluated schedule of a problem; nil if the problem does not say what its units are.
    public init?(_ schedule: Schedule, _ evaluation: Evaluation, problem: Problem) {
        guard let units = problem.physicalUnits else { return nil }
        let bandwidth = problem.hardware.slowMemoryBandwidth
        func part(_ amount: Double, _ rate: Double?, of latency: Double) -> Double? {
            rate.flatMap { latency > 0 ? amount / $0 / latency : nil }
        }
        hardware = units.hardware
        steps = zip(schedule.steps, evaluation.steps).map { step, cost in
            let work = step.ops.reduce(0) { $0 + problem.multiplyAdds(of: $1) }
            return Step(
                microseconds: units.microseconds(cost.latency), loadedBytes: units.bytes(cost.loadedElements),
                evictedBytes: units.bytes(cost.evictedElements), multiplyAdds: work,
                computeShareOfPeak: part(work, units.multiplyAddsPerUnit, of: cost.latency),
                bandwidthShareOfPeak: part(cost.trafficElements, bandwidth, of: cost.latency))
        }
        let latency = evaluation.totalLatency
        microseconds = units.microseconds(latency)
        loadedBytes = steps.reduce(0) { $0 + $1.loadedBytes }
        evictedBytes = steps.reduce(0) { $0 + $1.evictedBytes }
        fastMemoryBytes = units.bytes(Double(problem.hardware.fastMemoryCapacity))
        // An op that several steps compute is useful once.
        multiplyAdds = problem.opIDs.reduce(0) { $0 + problem.multiplyAdds(of: $1) }
        multiplyAddsPerSecond = part(multiplyAdds, 1, of: latency * units.secondsPerUnit)
        computeShareOfPeak = part(multiplyAdds, units.multiplyAddsPerUnit, of: latency)
        bytesPerSecond = part(loadedBytes + evictedBytes, 1, of: latency * units.secondsPerUnit)
        bandwidthShareOfPeak = part(
            evaluation.steps.reduce(0) { $0 + $1.trafficElements }, bandwidth, of: latency)
    }

    /// One sentence.
    var text: String {
        var parts = [
            "on \(hardware): \(readable(microseconds)) µs, in \(bytesText(loadedBytes)), out \(bytesText(evictedBytes)), "
                + "fast memory \(bytesText(fastMemoryBytes))"
        ]
        if multiplyAdds > 0, let rate = multiplyAddsPerSecond {
            parts.append("\(perSecond(rate, "multiply-adds"))\(share(computeShareOfPeak))")
        }
        if let rate = bytesPerSecond { parts.append("\(perSecond(rate, "B"))\(share(bandwidthShareOfPeak))") }
        return parts.joined(separator: "; ")
    }

    private func share(_ part: Double?) -> String { part.map { ", \(percentage($0, of: 1)) of peak" } ?? "" }
}

extension PhysicalUnits {
    /// A time in microseconds.
    func microseconds(_ units: Double) -> Double { units * secondsPerUnit * 1e6 }

    /// Elements in bytes.
    func bytes(_ elements: Double) -> Double { elements * bytesPerElement }
}

/// A number of bytes with a unit of 1024: 96 B, 1.5 KiB, 24 MiB.
func bytesText(_ bytes: Double) -> String {
    let units: [(size: Double, name: String)] = [(0x1p40, "TiB"), (0x1p30, "GiB"), (0x1p20, "MiB"), (0x1p10, "KiB")]
    guard let unit = units.first(where: { bytes >= $0.size * 0.999_95 }) else { return "\(readable(bytes)) B" }
    return "\(readable(bytes / unit.size)) \(unit.name)"
}

/// A rate with three digits: 45.1 GB/s.
private func perSecond(_ rate: Double, _ name: String) -> String {
    let units: [(size: Double, letter: String)] = [(1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")]
    let unit = units.first { rate >= $0.size * 0.9995 } ?? (1, "")
    let number = String(format: rate / unit.size >= 99.95 ? "%.0f" : "%.3g", rate / unit.size)
    return "\(number) \(unit.letter)" + (name == "B" || unit.letter.isEmpty ? "" : " ") + "\(name)/s"
}
