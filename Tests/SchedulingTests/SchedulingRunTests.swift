import CostModel
import GLPKBackend
import ProblemFamilies
import Synchronization
import TensorGraph
import TestSupport
import Testing

@testable import Scheduling

@Suite("Asynchronous runs")
struct SchedulingRunTests {
    private static func scheduler(ops: Int) throws -> Scheduler {
        var options = GeneratorOptions()
        options.ops = ops
        return Scheduler(try ProblemFamily.random.problem(options), solver: GLPKSolver())
    }

    @Test("The events are those of a run on the caller's thread, and so is the result")
    func sameAsSynchronous() async throws {
        var scheduler = try Self.scheduler(ops: 12)
        var options = scheduler.options
        options.maximumRounds = 20
        scheduler = Scheduler(scheduler.problem, solver: GLPKSolver(), options: options)
        let expected = Mutex<[Double]>([])
        let control = SolveControl { event in
            if case .incumbent(let snapshot) = event { expected.withLock { $0.append(snapshot.latency) } }
        }
        let synchronous = try scheduler.schedule(control: control)

        let run = scheduler.start()
        var latencies: [Double] = []
        for await case .incumbent(let snapshot) in run { latencies.append(snapshot.latency) }
        let result = try await run.result
        #expect(!latencies.isEmpty)
        #expect(latencies == expected.withLock { $0 })
        #expect(result.incumbent.latency == latencies.last)
        #expect(result.incumbent.schedule == synchronous.incumbent.schedule)
        #expect(result.status == synchronous.status)
    }

    @Test("Nobody has to iterate")
    func withoutIteration() async throws {
        let result = try await Self.scheduler(ops: 8).schedule(timeLimit: .seconds(60), gap: 0.5)
        #expect(result.incumbent.latency > 0)
    }

    @Test("Cancelling the task that iterates ends a run without limits; it has its best schedule")
    func cancelIteration() async throws {
        // Hybrid search without a limit goes on until nothing new comes, which takes this graph minutes.
        var options = Scheduler.Options(.hybrid)
        options.threads = 1
        let problem = try Self.scheduler(ops: 200).problem
        let run = Scheduler(problem, solver: GLPKSolver(), options: options).start()
        let (firsts, first) = AsyncStream.makeStream(of: Double.self)
        let listener = Task {
            for await case .incumbent(let snapshot) in run { first.yield(snapshot.latency) }
        }
        var iterator = firsts.makeAsyncIterator()
        let latency = try #require(await iterator.next())
        listener.cancel()
        let result = try await run.result
        #expect(result.ending == .limit(.interrupted))
        #expect(result.incumbent.latency <= latency)
        let evaluation = try Evaluator(problem).evaluate(result.incumbent.schedule)
        #expect(evaluation.totalLatency == result.incumbent.latency)
    }

    /// A run that works until it is asked to stop, and counts its rounds.
    private static func endless(_ rounds: RoundCount) throws -> SchedulingRun {
        let problem = try scheduler(ops: 4).problem
        let schedule = try ListScheduler(problem).schedule()
        return SchedulingRun(timeLimit: nil, gap: 0) { control in
            let session = Session(problem, control: control)
            session.submit(schedule, from: .list)
            while !control.isCancelled { rounds.next() }
            rounds.end()
            return try session.result(.limit(.interrupted))
        }
    }

    /// Rounds of a run, and whoever waits for its end.
    private final class RoundCount: Sendable {
        private let count = Atomic(0)
        private let ends: AsyncStream<Int>
        private let ending: AsyncStream<Int>.Continuation

        init() { (ends, ending) = AsyncStream.makeStream() }

        func next() { count.add(1, ordering: .relaxed) }
        func end() { ending.yield(count.load(ordering: .relaxed)) }
        func atEnd() async -> Int? {
            var iterator = ends.makeAsyncIterator()
            return await iterator.next()
        }
    }

    @Test("Cancelling the task that waits for the result ends the run; so does cancel()")
    func cancelWaiting() async throws {
        for isByTask in [true, false] {
            let rounds = RoundCount()
            let run = try Self.endless(rounds)
            let waiting = Task { try await run.result }
            if isByTask { waiting.cancel() } else { run.cancel() }
            let result = try await waiting.value
            #expect(result.ending == .limit(.interrupted))
            #expect(result.incumbent.source == .list)
            #expect(await rounds.atEnd() != nil)
        }
    }

    @Test("A run that nobody holds any more is stopped")
    func dropped() async throws {
        let rounds = RoundCount()
        do {
            let run = try Self.endless(rounds)
            for await case .incumbent in run { break }
        }
        // Would wait for ever.
        #expect(await rounds.atEnd() != nil)
    }

    @Test("Asked to stop before there is a schedule, it throws CancellationError; other errors come through")
    func errors() async throws {
        let problem = try Self.scheduler(ops: 4).problem
        let early = SchedulingRun(timeLimit: nil, gap: 0) { control in
            while !control.isCancelled {}
            return try Session(problem, control: control).result(.limit(.interrupted))
        }
        early.cancel()
        await #expect(throws: CancellationError.self) { try await early.result }

        let broken = SchedulingRun(timeLimit: nil, gap: 0) { _ in
            throw InconsistencyError(description: "not to be mistaken for it")
        }
        await #expect(throws: InconsistencyError.self) { try await broken.result }
        for await _ in broken { Issue.record("an event") }
    }
}
