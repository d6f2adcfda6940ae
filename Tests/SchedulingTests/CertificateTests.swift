import CostModel
import Foundation
import GLPKBackend
import TensorGraph
import TestSupport
import Testing

@testable import Scheduling

@Suite("Certificates of bounds")
struct CertificateTests {
    private static func certificate(_ example: ExactCase) throws -> BoundCertificate {
        let problem = example.problem
        let singles = example.candidates.filter { $0.ops.count == 1 && $0.resident.isEmpty && $0.retained.isEmpty }
        let master = try RestrictedMaster(
            problem, interchangeable: [], pool: singles.map { MasterColumn($0, problem: problem) }, solver: GLPKSolver()
        )
        var generation = ColumnGeneration(engine: PricingSearch(problem, threads: 1), master: master)
        for eps in [0.1, 1e-7] {
            _ = try generation.run(eps: eps, limits: PricingLimits(), isStopped: { false }) { _ in true }
        }
        return BoundCertificate(
            generation.certificate, bound: generation.bound, problem: problem, reductionCap: .native)
    }

    private static let certified = Result {
        try ExactCase.samples.get().prefix(60).map { (example: $0, certificate: try certificate($0)) }
    }

    @Test("Every step of every problem is worth no more than it costs, and some just that")
    func confirms() throws {
        var (steps, tight) = (0, 0)
        for (example, certificate) in try Self.certified.get() {
            var check = CertificateCheck(certificate, problem: example.problem)
            let outcome = check.run()
            guard case .confirmed = outcome else {
                Issue.record("\(outcome): \(ProblemFile.text(of: example.problem))")
                continue
            }
            #expect(check.statistics.tight > 0)
            steps += check.statistics.steps
            tight += check.statistics.tight
        }
        #expect(steps > 1000 && tight > 200, "\(steps), \(tight)")
    }

    @Test("A price that is a little too high is found out")
    func refutes() throws {
        var refuted = 0
        for (example, certificate) in try Self.certified.get().prefix(30) {
            var wrong = certificate
            // Every schedule pays for a first execution, so raising all prices by a thousandth exceeds some step's
            // cost.
            for op in wrong.first.indices { wrong.first[op] *= 1.001 }
            for index in wrong.output.indices { wrong.output[index].price *= 1.001 }
            for index in wrong.reach.indices { wrong.reach[index].price *= 1.001 }
            for index in wrong.handOff.indices { wrong.handOff[index].price *= 1.001 }
            var check = CertificateCheck(wrong, problem: example.problem)
            guard case .violated(let violation) = check.run() else { continue }
            refuted += 1
            #expect(violation.value > violation.latency)
        }
        #expect(refuted == 30)
    }

    @Test("Prices that do not add up, are negative or are about nothing prove nothing")
    func rejectsFaults() throws {
        let (example, certificate) = try #require(try Self.certified.get().first)
        func isInvalid(_ change: (inout BoundCertificate) -> Void) -> Bool {
            var changed = certificate
            change(&changed)
            var check = CertificateCheck(changed, problem: example.problem)
            if case .invalid = check.run() { return true }
            return false
        }
        #expect(isInvalid { $0.bound *= 1.0001 })
        #expect(isInvalid { $0.first[0] = -1 })
        #expect(isInvalid { $0.first.append(0) })
        #expect(isInvalid { $0.ops += 1 })
        #expect(isInvalid { $0.output.append(.init(tensor: 0, price: 0)) })
        #expect(isInvalid { $0.reach.append(.init(op: 0, tensor: 0, price: 0)) })
        #expect(isInvalid { $0.reach.append(.init(op: 99, tensor: 1, price: 0)) })
        #expect(isInvalid { $0.handOff.append(.init(sets: [[]], price: 0)) })
        #expect(isInvalid { $0.handOff.append(.init(sets: [[-1]], price: 0)) })
        #expect(!isInvalid { _ in })
    }

    @Test("A limit on op sets leaves the check unfinished")
    func stops() throws {
        let (example, certificate) = try #require(try Self.certified.get().first { $0.example.problem.ops.count > 2 })
        var check = CertificateCheck(certificate, problem: example.problem, limit: 2)
        guard case .unfinished = check.run() else {
            Issue.record("two op sets are not all")
            return
        }
    }

    @Test("Files come back as they were written; broken ones are refused with one line")
    func files() throws {
        let (_, certificate) = try #require(try Self.certified.get().first)
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("c.json")
            try Data(certificate.text().utf8).write(to: file)
            #expect(try BoundCertificate.read(file.path) == certificate)
            #expect(try JSONSchema(named: "certificate").faults(in: certificate.text()) == [])
            try Data("{\"ops\": 3}".utf8).write(to: file)
            #expect(throws: FileError.self) { try BoundCertificate.read(file.path) }
            #expect(throws: FileError.self) { try BoundCertificate.read(folder.appendingPathComponent("d").path) }
        }
    }

    private struct Answer: Decodable {
        var tried: Int
        var tight: Int
        var violation: String?
    }

    @Test("The referee's arithmetic confirms the same files, and refutes wrong ones", .needsReferee)
    func referee() throws {
        let small = try Self.certified.get().filter { example, _ in
            let hardware = example.problem.hardware
            return example.problem.ops.count <= 3 && hardware.nativeWidth * hardware.nativeHeight <= 12
        }.prefix(8)
        #expect(small.count >= 4)
        var lines: [String] = []
        for (example, certificate) in small {
            for factor in [1, 1.01] {
                var certificate = certificate
                for op in certificate.first.indices { certificate.first[op] *= factor }
                for index in certificate.output.indices { certificate.output[index].price *= factor }
                for index in certificate.reach.indices { certificate.reach[index].price *= factor }
                for index in certificate.handOff.indices { certificate.handOff[index].price *= factor }
                let text =
                    "{\"problem\": \(ProblemFile.text(of: example.problem)), \"certificate\": \(try certificate.text())}"
                lines.append(text.replacing("\n", with: " "))
            }
        }
        try withTemporaryFolder { folder in
            let cases = folder.appendingPathComponent("cases")
            try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: cases)
            let script = ExternalFiles.packageRoot.appendingPathComponent("Tests/SchedulingTests/check_bound.py")
            let answers = folder.appendingPathComponent("answers")
            try Data().write(to: answers)
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = ["python3", script.path, Referee.script.path, cases.path]
            process.standardOutput = try FileHandle(forWritingTo: answers)
            try process.run()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
            let verdicts = try Data(contentsOf: answers).split(separator: UInt8(ascii: "\n"))
                .map { try JSONDecoder().decode(Answer.self, from: Data($0)) }
            #expect(verdicts.count == lines.count)
            for (index, verdict) in verdicts.enumerated() {
                #expect(verdict.tried > 0)
                if index.isMultiple(of: 2) {
                    #expect(verdict.violation == nil && verdict.tight > 0, "\(verdict)")
                } else {
                    #expect(verdict.violation != nil)
                }
            }
        }
    }
}
