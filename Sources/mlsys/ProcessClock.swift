import Foundation

/// When this process started: a time limit is about all that the user waits for.
enum ProcessClock {
    /// The moment of the first look, less the processor time that loading the program had taken by then.
    static let start: ContinuousClock.Instant = {
        var used = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used)
        return .now - .seconds(used.tv_sec) - .nanoseconds(used.tv_nsec)
    }()

    /// Processor time of all threads since the start, in seconds.
    static var processorSeconds: Double {
        var used = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used)
        return Double(used.tv_sec) + Double(used.tv_nsec) * 1e-9
    }

    /// Seconds since the start.
    static var seconds: Double { start.duration(to: .now) / .seconds(1) }
}
