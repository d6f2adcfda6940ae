import Foundation
import TensorGraph
import TestSupport
import Testing

@testable import Reporting

@Suite("Solve logs")
struct SolveLogTests {
    private static let log = """
        {"event":"start","method":"exact","seconds":0}
        {"event":"incumbent","latency":134176,"seconds":0.06,"source":"list","steps":12,"new":"field"}
        {"event":"bound","is_about_problem":true,"kind":"compute","scope":"all schedules","seconds":0.07,"value":78336}

        {"event":"phase","phase":"search","seconds":0.5}
        {"event":"from the future","seconds":"soon"}
        {"event":"bound","is_about_problem":false,"kind":"linear","scope":"some","seconds":0.8,"value":120000}
        {"event":"incumbent","latency":121068.8,"seconds":1.5,"source":"search","steps":10}

        """

    private func read(_ text: String) throws -> SolveLog { try SolveLog(Data(text.utf8), path: "solve.jsonl") }

    @Test("Incumbents and bounds are read, all else passed over", arguments: ["\n", "\r\n"])
    func reads(newline: String) throws {
        let log = try read(Self.log.replacingOccurrences(of: "\n", with: newline))
        #expect(log.incumbents.map(\.latency) == [134176, 121068.8])
        #expect(log.incumbents.map(\.source) == ["list", "search"])
        #expect(log.bounds.map(\.value) == [78336, 120000])
        #expect(log.bounds.map(\.isAboutProblem) == [true, false])
    }

    @Test("Of several solutions in one file the last counts")
    func lastSolution() throws {
        let log = try read(Self.log + "{\"event\":\"start\",\"seconds\":0}\n" + Self.log.split(separator: "\n")[1])
        #expect(log.incumbents.count == 1)
        #expect(log.bounds.isEmpty)
    }

    @Test(
        "A line that is no event is named",
        arguments: [
            ("{\"event\":", "is not valid JSON"), ("nonsense", "is not valid JSON"), ("[1]", "is not a JSON object"),
            ("{\"seconds\":1}", "lacks the field \"event\""),
            ("{\"event\":\"incumbent\",\"seconds\":1}", "lacks the field \"latency\""),
            ("{\"event\":\"bound\",\"seconds\":1,\"value\":\"x\"}", "has a field \"value\" of another type"),
        ])
    func rejects(line: String, message: String) throws {
        let error = #expect(throws: FileError.self) { try read("{\"event\":\"start\"}\n\n" + line + "\n") }
        #expect(error?.description == "solve.jsonl: line 3 \(message)")
        #expect(error?.kind == .badData)
    }

    @Test("Only bounds about the problem make the gap")
    func gap() throws {
        let model = try ReportCase(own: "attention-15").model(log: Self.log)
        #expect(model.bestBound == 78336)
        #expect(model.gap == (model.totalLatency - 78336) / model.totalLatency)
        #expect(model.bounds.map(\.kind) == ["compute", "traffic", "linear"])
    }

    @Test("A bound above the latency is about something else, and makes no gap")
    func foreignBound() throws {
        let log = "{\"event\":\"bound\",\"is_about_problem\":true,\"kind\":\"linear\",\"seconds\":1,\"value\":1e9}"
        let model = try ReportCase(own: "attention-15").model(log: log)
        #expect(model.gap == nil)
        #expect(try HTMLReport(model).text().contains("exceeds the latency"))
    }
}
