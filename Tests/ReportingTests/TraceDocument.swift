import Foundation
import TestSupport

/// A trace as any reader of the Trace Event Format sees it: fields by name, nothing taken from the writer.
struct TraceDocument {
    struct Malformed: Error, CustomStringConvertible { let description: String }

    struct Event {
        let name: String
        let phase: String
        let track: Int
        let start: Double
        let duration: Double
        let values: [String: Double]
        let texts: [String: String]
    }

    let events: [Event]

    /// Parses a trace and checks what the format demands of each kind of event.
    init(_ text: String) throws {
        let document = try JSONValue(parsing: text)
        guard let entries = document["traceEvents"]?.array, !entries.isEmpty,
            ["ms", "ns"].contains(document["displayTimeUnit"]?.string)
        else { throw Malformed(description: "no object with traceEvents and displayTimeUnit") }
        events = try entries.map { entry in
            guard let name = entry["name"]?.string, !name.isEmpty, let phase = entry["ph"]?.string,
                entry["pid"]?.number.flatMap({ Int(exactly: $0) }) != nil,
                let track = entry["tid"]?.number.flatMap({ Int(exactly: $0) }), let start = entry["ts"]?.number,
                start >= 0, start.isFinite, let args = entry["args"]?.object
            else { throw Malformed(description: "\(entry)") }
            let duration = entry["dur"]?.number
            switch phase {
            case "X":
                guard let duration, duration >= 0 else { throw Malformed(description: "no duration: \(entry)") }
            case "C":
                guard duration == nil, !args.isEmpty, args.values.allSatisfy({ ($0.number ?? -1) >= 0 }) else {
                    throw Malformed(description: "a counter has numbers and no duration: \(entry)")
                }
            case "M":
                let names = ["process_name": "name", "thread_name": "name", "thread_sort_index": "sort_index"]
                guard duration == nil, let field = names[name], args[field] != nil else {
                    throw Malformed(description: "\(entry)")
                }
            default: throw Malformed(description: "kind \(phase)")
            }
            return Event(
                name: name, phase: phase, track: track, start: start, duration: duration ?? 0,
                values: args.compactMapValues(\.number), texts: args.compactMapValues(\.string))
        }
    }

    /// The slices of a named track, in the order of the file.
    func slices(_ track: String) -> [Event] {
        let named = events.first { $0.name == "thread_name" && $0.texts["name"] == track }
        return events.filter { $0.phase == "X" && $0.track == named?.track }
    }

    /// The counter's values.
    var counters: [Event] { events.filter { $0.phase == "C" } }
}
