import Foundation

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
        guard let document = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any],
            let entries = document["traceEvents"] as? [[String: Any]], !entries.isEmpty,
            ["ms", "ns"].contains(document["displayTimeUnit"] as? String)
        else { throw Malformed(description: "no object with traceEvents and displayTimeUnit") }
        events = try entries.map { entry in
            guard let name = entry["name"] as? String, !name.isEmpty, let phase = entry["ph"] as? String,
                entry["pid"] is Int, let track = entry["tid"] as? Int, let start = entry["ts"] as? Double,
                start >= 0, start.isFinite, let args = entry["args"] as? [String: Any]
            else { throw Malformed(description: "\(entry)") }
            let duration = entry["dur"] as? Double
            switch phase {
            case "X":
                guard let duration, duration >= 0 else { throw Malformed(description: "no duration: \(entry)") }
            case "C":
                guard duration == nil, !args.isEmpty, args.values.allSatisfy({ ($0 as? Double ?? -1) >= 0 }) else {
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
                values: args.compactMapValues { $0 as? Double }, texts: args.compactMapValues { $0 as? String })
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
