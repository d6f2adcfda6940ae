import CGLPK
import Foundation
import GLPKShims
import Logging
import MIP
import SolverTestSupport
import Synchronization
import TensorGraph
import Testing

@testable import GLPKBackend

/// No model that can be built ends the process, leaks, or prints.
@Suite struct SafetyTests {
    @Test func longAndEqualNamesAreNoMatter() throws {
        var model = MIPModel(name: String(repeating: "m", count: 300))
        let name = String(repeating: "n", count: 300)
        let x = try model.addColumn(Column(name, .unit, objective: 1, integrality: .binary))
        let y = try model.addColumn(Column(name, .unit, objective: 2, integrality: .binary))
        try model.addRow(Row(name, 1 * x + 1 * y, .atLeast(1)))
        try model.addRow(Row(name, 1 * x + 1 * y + 1 * x, .atLeast(1)))
        #expect(try GLPKSolver().solve(model).incumbent?.objective == 1)
    }

    @Test func whatCannotEnterAModelCannotEnterAnIncrementalLP() throws {
        let lp = try GLPKSolver().makeIncrementalLP(MIPModel())
        #expect(throws: MIPModelError.self) { try lp.addColumn(Column("x", objective: .nan), entries: []) }
        #expect(throws: MIPModelError.self) { try lp.addColumn(Column("x"), entries: [Entry(1, in: RowID(0))]) }
        #expect(throws: MIPModelError.self) { try lp.addRow(Row("r", 1 * ColumnID(3), .atMost(1))) }
        #expect(throws: MIPModelError.self) { try lp.setBounds(of: ColumnID(0), to: .unit) }
        #expect(try lp.solve().objective == 0)
        #expect(throws: MIPSolverError.self) { try lp.solve(LPOptions(timeLimitSeconds: -1)) }
        // From nothing to something: the stand-in column and row give way.
        let row = try lp.addRow(Row("r", [Term](), .atLeast(0)))
        try lp.addColumn(Column("x", .range(1, 5), objective: 2), entries: [Entry(1, in: row)])
        #expect(try lp.solve().point == [1])
        try lp.addRow(Row("s", 1 * ColumnID(0), .atLeast(4)))
        #expect(try lp.solve().rowDuals == [0, 2])
    }

    /// Coefficients, bounds and costs of every size: an answer or an error, never an end of the process.
    @Test func numbersOfAllSizes() throws {
        var answers = 0
        for seed in 0..<250 as Range<UInt64> {
            var generator = RandomSource(seed: seed)
            func number() -> Double {
                let exponent = Double.random(in: seed % 3 == 0 ? -30...30 : -9...9, using: &generator)
                let whole = Bool.random(using: &generator)
                let value = pow(10, exponent) * (Bool.random(using: &generator) ? 1 : -1)
                return whole ? value.rounded() : value
            }
            var model = MIPModel(sense: Bool.random(using: &generator) ? .minimise : .maximise)
            for index in 0..<Int.random(in: 1...8, using: &generator) {
                let (first, second) = (number(), number())
                let bounds: [Bounds] = [
                    .range(min(first, second), max(first, second)), .atLeast(first), .atMost(first), .free,
                    .equal(first),
                ]
                let integrality: Integrality = Bool.random(using: &generator) ? .integer : .continuous
                try model.addColumn(
                    Column(
                        "x\(index)", bounds[Int.random(in: 0..<5, using: &generator)], objective: number(),
                        integrality: integrality))
            }
            for index in 0..<Int.random(in: 1...6, using: &generator) {
                let terms = model.columns.indices.filter { _ in Bool.random(using: &generator) }
                    .map { Term(number(), ColumnID($0)) }
                let (first, second) = (number(), number())
                let bounds: Bounds = Bool.random(using: &generator) ? .atMost(first) : .atLeast(min(first, second))
                try model.addRow(Row("r\(index)", terms, bounds))
            }
            var options = MIPOptions()
            options.timeLimitSeconds = 0.2
            options.nodeLimit = 200
            options.certifiesRoot = seed % 4 == 0
            do {
                let result = try GLPKSolver().solve(model, options: options)
                if let point = result.incumbent?.point {
                    #expect(try FeasibilityReport(of: point, in: model).isFeasible, "seed \(seed)")
                }
                answers += 1
            } catch is MIPSolverError {
                continue
            }
        }
        #expect(answers > 100)
    }

    /// What GLPK's own checks refuse comes back as a code, and the next solution is none the worse.
    @Test func aFailedAssertionInsideGLPKIsSurvived() throws {
        let model = try SampleModels.cover(items: 5, columns: 12, exactly: true, seed: 1)
        let codes = try SolverThread.runOnce(name: "GLPK", logger: nil) {
            let problem = try GLPKProblem.load(model, keepsIntegrality: true)
            var simplex = glp_smcp()
            glp_init_smcp(&simplex)
            simplex.tm_lim = -1
            var search = glp_iocp()
            glp_init_iocp(&search)
            return [
                guard_simplex(problem.handle, &simplex), guard_environment_is_lost(),
                guard_intopt(problem.handle, &search),
            ]
        }
        #expect(codes == [GUARD_GAVE_UP, 1, GUARD_GAVE_UP])
        let inTree = try SolverThread.runOnce(name: "GLPK", logger: nil) {
            let problem = try GLPKProblem.load(model, keepsIntegrality: true)
            var search = glp_iocp()
            glp_init_iocp(&search)
            search.cb_size = -1
            return guard_intopt(problem.handle, &search)
        }
        #expect(inTree == GUARD_GAVE_UP)
        #expect(try GLPKSolver().solve(model).termination == .optimal)
    }

    /// GLPK counts its allocations per thread: as many after a solution as before.
    @Test func solutionsLeaveNothingBehind() throws {
        let model = try SampleModels.cover(items: 8, columns: 20, exactly: true, seed: 2)
        let blocks = try SolverThread.runOnce(name: "GLPK", logger: nil) {
            func blocks() -> Int32 {
                var count: Int32 = 0
                glp_mem_usage(&count, nil, nil, nil)
                return count
            }
            let before = blocks()
            for round in 0..<50 {
                var options = MIPOptions()
                options.certifiesRoot = round % 2 == 0
                options.initialPoint = model.columns.indices.map { $0 < 8 ? 1 : 0 }
                options.nodeLimit = round % 3
                if round % 5 == 0 { options.lazyRows = { _ in [Row("not 9", 1 * ColumnID(9), .atMost(0))] } }
                var search = try MIPSearch(model, options, messageLevel: GLP_MSG_ERR) { _ in }
                _ = try search.run()
                var relaxation = try Relaxation(model, messageLevel: GLP_MSG_ERR)
                _ = try relaxation.solve(model, changedBounds: [], LPOptions())
            }
            return [before, blocks()]
        }
        #expect(blocks[0] == blocks[1])
    }

    /// Keeps what is logged.
    private struct Recorder: LogHandler {
        final class Store: Sendable {
            let lines = Mutex<[String]>([])
        }

        let store: Store
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            store.lines.withLock { $0.append(event.message.description) }
        }
    }

    @Test(arguments: [Logger.Level.debug, .info])
    func whatGLPKPrintsGoesToTheLog(_ level: Logger.Level) throws {
        let store = Recorder.Store()
        let logger = Logger(label: "test") { _ in Recorder(store: store, logLevel: level) }
        let model = try SampleModels.cover(items: 8, columns: 20, exactly: true, seed: 2)
        _ = try GLPKSolver(logger: logger).solve(model)
        let lines = store.lines.withLock { $0 }
        if level == .debug {
            #expect(lines.contains { $0.contains("GLPK Integer Optimizer") })
            #expect(lines.contains { $0.contains("INTEGER OPTIMAL SOLUTION FOUND") })
            #expect(lines.allSatisfy { !$0.contains("\n") })
        } else {
            #expect(lines.isEmpty)
        }
    }

    @Test func severalAtOnce() async throws {
        let objectives = try await withThrowingTaskGroup(of: (UInt64, Double?).self) { group in
            for seed in 0..<16 as Range<UInt64> {
                group.addTask {
                    let model = try SampleModels.cover(items: 8, columns: 20, exactly: true, seed: seed % 4)
                    return (seed % 4, try GLPKSolver().solve(model).incumbent?.objective)
                }
            }
            var found: [UInt64: Set<Double?>] = [:]
            for try await (seed, objective) in group { found[seed, default: []].insert(objective) }
            return found
        }
        #expect(objectives.count == 4)
        #expect(objectives.values.allSatisfy { $0.count == 1 && !$0.contains(nil) })
    }
}
