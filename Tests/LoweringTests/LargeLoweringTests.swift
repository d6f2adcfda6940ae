import Foundation
import TestSupport
import Testing

private enum LargeRun {
    static let cases = Int(ProcessInfo.processInfo.environment["MLSYS_PROPERTY_CASES"] ?? "") ?? 0
}

/// `MLSYS_PROPERTY_CASES=1000 swift test --filter LargeLoweringTests` takes some minutes.
@Suite(
    "A large run of lowering",
    .enabled(if: LargeRun.cases > 0, "set MLSYS_PROPERTY_CASES to a number of cases"))
struct LargeLoweringTests {
    @Test("Finds no program that computes or moves anything else", .tags(.slow))
    func programs() throws {
        var met: [String: Int] = [:]
        var count = 0
        for first in stride(from: 0, to: UInt64(LargeRun.cases), by: 50) {
            let random = try RandomCases(seeds: 5000 + first..<5000 + first + 50)
            #expect(random.withoutPlan == [])
            count += random.cases.count
            met.merge(random.met, uniquingKeysWith: +)
            try CBatch.check(random.cases)
            let general = try RandomCases(seeds: 5000 + first..<5000 + first + 50, variety: .general)
            #expect(general.withoutPlan == [])
            count += general.cases.count
            met.merge(general.met, uniquingKeysWith: +)
            try CBatch.check(general.cases)
        }
        print("\(count) programs; \(met)")
    }

    @Test("Finds no imported model that computes or moves anything else", .tags(.slow))
    func importedModels() throws {
        let fixtures = try ImportedModels.names(in: ImportedModels.fixtures).map { try ImportedModels.plan($0) }
        #expect(fixtures.count >= 10)
        try CBatch.check(fixtures)
        try CBatch.check(fixtures, flags: CBatch.flags + CBatch.sanitizers)
        let folder = ImportedModels.shared
        let shared = try ImportedModels.names(in: folder).map {
            try ImportedModels.plan($0, in: folder, elements: nil)
        }
        if shared.isEmpty { return print("no models in \(folder.path)") }
        try CBatch.check(shared)
        print("\(fixtures.count + shared.count) models")
    }

    @Test("Finds no schedule without a layout", .tags(.slow))
    func layouts() throws {
        let random = try RandomCases(seeds: 100_000..<100_000 + UInt64(LargeRun.cases) * 10)
        #expect(random.withoutPlan == [])
        for made in random.cases { LayoutTests.check(made) }
        print("\(random.cases.count) plans: \(random.counts); \(random.met)")
    }
}
