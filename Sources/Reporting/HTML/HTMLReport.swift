import Foundation
import Mustache
import TensorGraph

/// The report page: one file that needs no other, and no network.
public struct HTMLReport {
    let model: ReportModel

    /// More steps than this are listed only when the reader asks, and drawn without lines between them.
    static let openStepLimit = 300

    /// Creates the page of these numbers.
    public init(_ model: ReportModel) { self.model = model }

    /// The page.
    ///
    /// - Throws: `EncodingError` for a number that JSON has no form for; a valid problem has none.
    public func text() throws -> String {
        let template = try MustacheTemplate(string: String(decoding: PackageResources.page_mustache, as: UTF8.self))
        let graph = GraphChart(model)
        let convergence = ConvergenceChart(model: model).svg
        var fields: [String: Any] = [
            "style": String(decoding: PackageResources.page_css, as: UTF8.self) + StepPalette.css,
            "script": Self.script,
            "json": Self.scriptText(try jsonLine(model)),
            "problem_name": Self.visible(URL(fileURLWithPath: model.problem).lastPathComponent),
            "problem": Self.visible(model.problem), "schedule": Self.visible(model.schedule),
            "facts": facts, "native": model.facts.nativeGranularity.map(String.init).joined(separator: " x "),
            "latency": readable(model.totalLatency),
            "graph_note": graph.description, "graph": graph.svg, "ops_drawn": !graph.graph.isAbridged,
            "timeline": TimelineChart(model: model).svg, "memory": MemoryChart(model: model).svg,
            "roofline": RooflineChart(model: model).svg, "waterfall": WaterfallChart(model: model).svg,
            "parts": parts, "bounds": bounds, "bounds_note": boundsNote, "incumbents": incumbents,
            "has_incumbents": !model.incumbents.isEmpty, "steps": model.steps.indices.map(row),
            "step_count": readable(model.steps.count), "few_steps": model.steps.count <= Self.openStepLimit,
            "is_dense": model.steps.count > Self.openStepLimit,
        ]
        if let convergence { fields["convergence"] = convergence }
        if let groupFields { fields["groups"] = groupFields }
        if model.groups?.kind == .layer { fields["has_layers"] = true }
        if let units = model.units { fields["units"] = unitsNote(units) }
        if let comparison = model.comparison { fields["comparison"] = Self.fields(of: comparison) }
        return template.render(fields)
    }

    /// JSON that no parser of HTML takes for markup: within a script element, `<` alone matters.
    static func scriptText(_ json: String) -> String {
        json.trimmingCharacters(in: .newlines).replacingOccurrences(of: "<", with: "\\u003c")
    }

    /// The parts of the page's program share one scope.
    private static var script: String {
        let parts = [
            PackageResources.core_js, PackageResources.select_js, PackageResources.layers_js, PackageResources.graph_js,
            PackageResources.timeline_js, PackageResources.tiles_js, PackageResources.table_js,
            PackageResources.search_js, PackageResources.print_js,
        ]
        return "'use strict';\n(() => {\n" + parts.map { String(decoding: $0, as: UTF8.self) }.joined() + "})();"
    }

    /// Text of a file name with control characters replaced; the template escapes the rest.
    static func visible(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? "\u{FFFD}" : $0 }))
    }

    private var facts: [[String: String]] {
        let latency = model.totalLatency
        let best = model.bounds.filter { $0.isAboutProblem && $0.value == model.bestBound }.first
        return [
            [
                "name": "latency", "value": readable(latency), "number": "total_latency",
                "note": model.units.map { "\(readable($0.microseconds(latency))) µs" } ?? "units of time",
            ],
            [
                "name": "best bound", "value": readable(model.bestBound), "number": "best_bound",
                "note": best.map(\.kind) ?? "",
            ],
            ["name": "gap", "value": gapText, "note": "to the best bound"],
            ["name": "steps", "value": readable(model.steps.count), "note": "one after the other"],
            [
                "name": "ops", "value": readable(model.facts.opCount), "number": "facts.op_count",
                "note": "\(readable(model.facts.tensorCount)) tensors",
            ],
            [
                "name": "compute", "value": readable(model.compute), "number": "compute",
                "note": "\(percentage(model.compute, of: latency)) of the latency"
                    + peak(model.physical?.computeShareOfPeak),
            ],
            [
                "name": "loaded", "value": readable(model.loadedElements), "number": "loaded_elements",
                "note": note(model.loadedElements),
            ],
            [
                "name": "evicted", "value": readable(model.evictedElements), "number": "evicted_elements",
                "note": note(model.evictedElements),
            ],
            [
                "name": "fast memory", "value": readable(model.facts.fastMemoryCapacity),
                "number": "facts.fast_memory_capacity",
                "note": note(Double(model.facts.fastMemoryCapacity)),
            ],
            [
                "name": "bandwidth", "value": readable(model.facts.slowMemoryBandwidth),
                "number": "facts.slow_memory_bandwidth",
                "note": "elements per unit of time" + peak(model.physical?.bandwidthShareOfPeak),
            ],
        ]
    }

    /// What a number of elements is about.
    private func note(_ elements: Double) -> String { model.units.map { bytesText($0.bytes(elements)) } ?? "elements" }

    /// The part of the chip's peak that is achieved.
    private func peak(_ share: Double?) -> String {
        share.map { "; achieves \(percentage($0, of: 1)) of peak" } ?? ""
    }

    private func unitsNote(_ units: PhysicalUnits) -> String {
        "On \(Self.visible(units.hardware)), a unit of time is \(Self.three(units.secondsPerUnit * 1e9)) ns and an element "
            + "\(Self.bytesOfElement(units.bytesPerElement)). "
            + (model.physical?.multiplyAddsPerSecond.flatMap { rate in
                rate > 0 ? "It does \(Self.three(rate / 1e9)) billion multiply-adds a second." : nil
            } ?? "")
    }

    private static func bytesOfElement(_ bytes: Double) -> String { bytes == 1 ? "a byte" : "\(three(bytes)) bytes" }

    private static func three(_ value: Double) -> String {
        value >= 999.5 ? readable(value.rounded()) : String(format: "%.3g", value)
    }

    private var gapText: String { model.gap.map { Reporting.gapText($0) } ?? "none" }

    private var boundsNote: String {
        guard model.gap != nil else {
            return "A bound of the log exceeds the latency of this schedule, so it is about other schedules: those of "
                + "another problem, or in other tile orders."
        }
        return "No schedule in its scope is faster than a bound. The best one for the problem is "
            + "\(readable(model.bestBound)); the gap to it is \(gapText) of the latency."
            + (model.incumbents.isEmpty && model.boundEvents.isEmpty
                ? " These two follow from the graph alone; the log of a solver adds its own." : "")
    }

    private var parts: [[String: String]] {
        let shares = percentages(model.waterfall.parts.map(\.value), decimals: 1)
        return model.waterfall.parts.enumerated().map { index, part in
            [
                "name": part.reason.rawValue, "index": "\(index)", "value": readable(part.value),
                "share": shares[index],
            ]
        }
    }

    private var bounds: [[String: String]] {
        model.bounds.enumerated().map { index, bound in
            [
                "kind": Self.visible(bound.kind), "index": "\(index)", "value": readable(bound.value),
                "share": percentage(bound.value, of: model.totalLatency),
                "scope": Self.visible(bound.scope),
            ]
        }
    }

    private var incumbents: [[String: String]] {
        model.incumbents.enumerated().map { index, incumbent in
            [
                "index": "\(index)", "seconds": readableSeconds(incumbent.seconds),
                "latency": readable(incumbent.latency), "source": Self.visible(incumbent.source),
            ]
        }
    }
}
