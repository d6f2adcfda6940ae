import CostModel
import Foundation
import TensorGraph

/// A legend as `mlsys export --legend` writes it, as far as schedules are made of it.
struct LegendFile: Decodable {
    struct Column: Decodable {
        let name: String
        let ops: [Int]?
        let granularity: [Int]?
        let order: String?
        /// The tiles of an order without a name.
        let tiles: [Int]?
        let resident: [Int]?
        let retained: [Int]?
        let latency: Double?
        let tensor: Int?
    }

    let level: String
    let columns: [Column]
}

/// Why a legend or a solution gives no schedule.
package struct DecodingFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// What the fault is in.
    package enum Subject: Sendable, Hashable {
        /// The legend: not one of this problem, or no legend.
        case legend
        /// The solution: its values break rows, or its steps cannot be ordered.
        case solution
    }

    /// What the fault is in.
    package let subject: Subject
    /// What is wrong, in one line.
    package let description: String

    init(_ subject: Subject, _ description: String) {
        self.subject = subject
        self.description = description
    }
}

extension LegendFile.Column {
    /// The candidate that the column stands for; nil for a column of another sort.
    ///
    /// - Throws: ``DecodingFault`` for one that the problem does not have.
    func candidate(_ problem: Problem, _ analyzer: StepAnalyzer) throws(DecodingFault) -> Candidate? {
        guard let ops else { return nil }
        func fault(_ message: String) -> DecodingFault { DecodingFault(.legend, "column \(name) \(message)") }
        guard let granularity, granularity.count == 3, granularity.allSatisfy({ $0 >= 1 }) else {
            throw fault("has no granularity of three numbers, each at least 1")
        }
        var order = TileOrder.named.first { $0.name == self.order }
        if let tiles { order = .permutation(tiles) }
        guard let order else { throw fault("has a tile order that is not known") }
        let tensors = (resident ?? []) + (retained ?? [])
        guard tensors.allSatisfy(problem.tensors.indices.contains) else {
            throw fault("names a tensor that the problem does not have")
        }
        let structure: StepStructure
        do throws(RuleViolation) {
            structure = try analyzer.analyze(
                ops: ops.map { OpID($0) }, retained: (retained ?? []).map { TensorID($0) })
        } catch {
            throw fault("is no step of the problem: \(error)")
        }
        let latency = latency ?? 0
        guard latency >= 0, latency.isFinite else { throw fault("has latency \(latency)") }
        return Candidate(
            structure, resident: (resident ?? []).map { TensorID($0) }.sorted(),
            choice: GranularityChoice(
                granularity: Granularity(width: granularity[0], height: granularity[1], depth: granularity[2]),
                order: order, latency: latency), problem: problem)
    }
}
