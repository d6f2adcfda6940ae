import Foundation
import TensorGraph
import TestSupport
import Testing

@testable import ModelImport

/// An imported model beside the run of another program.
extension ReferenceRun {
    /// Every matrix of the problem, from the inputs of this run.
    func values(of imported: ImportedModel) throws -> [TensorID: [Double]] {
        var inputs: [TensorID: [Double]] = [:]
        for (index, part) in imported.inputs.enumerated() {
            if let part { inputs[TensorID(index)] = try matrix(part) }
        }
        return try ProblemInterpreter(problem: imported.problem).run(inputs)
    }

    /// The largest relative error of each output, by name; every part of every output that this run knows is compared.
    ///
    /// - Parameter other: the run whose outputs are expected; nil for this one.
    func errors(of imported: ImportedModel, expected other: ReferenceRun? = nil) throws -> [String: Double] {
        let found = try values(of: imported)
        var errors: [String: Double] = [:]
        for output in imported.outputs where self.values[output.name] != nil {
            let expected = try (other ?? self).matrix(output.part)
            let computed = try #require(found[output.tensor])
            #expect(!expected.isEmpty && expected.count == computed.count)
            let scale = max(1, expected.filter(\.isFinite).map(abs).max() ?? 0)
            for (a, b) in zip(expected, computed) {
                // A number that is none is no small error; masks hold infinities.
                let error = a == b ? 0 : (a - b).isFinite ? abs(a - b) / scale : .infinity
                errors[output.name] = max(errors[output.name] ?? 0, error)
            }
        }
        return errors
    }

    /// The largest of all errors.
    func worstError(_ imported: ImportedModel, expected other: ReferenceRun? = nil) throws -> Double {
        try #require(try errors(of: imported, expected: other).values.max())
    }
}
