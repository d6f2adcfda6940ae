/// One entry of a trace in the Trace Event Format that Perfetto and `chrome://tracing` read.
///
/// The format is described in the document "Trace Event Format" of the Chromium project; only the three kinds of
/// events used here are written.
struct TraceEvent: Encodable {
    /// Kinds of events, by the letter that the format gives them.
    enum Phase: String, Encodable {
        /// A slice with a start and a duration.
        case complete = "X"
        /// Values from now on.
        case counter = "C"
        /// A name for a process or a thread.
        case metadata = "M"
    }

    /// A value in ``args``.
    enum Value: Encodable {
        case number(Double)
        case text(String)
        case list([Int])

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .number(let number): try container.encode(number)
            case .text(let text): try container.encode(text)
            case .list(let list): try container.encode(list)
            }
        }
    }

    /// What the viewer shows on the slice, or which counter it is.
    let name: String
    /// The kind.
    let ph: Phase
    /// Microseconds from the start.
    var ts: Double = 0
    /// Microseconds; complete events have it and no others.
    var dur: Double?
    /// The process; there is one.
    var pid = 1
    /// The track.
    let tid: Int
    /// What the viewer shows of a slice that is selected; a counter's values.
    var args: [String: Value] = [:]
    /// What viewers filter by.
    var cat: String?
}
