import Foundation
import TestSupport
import Testing

/// The folders of `Sources/Scheduling` are parts that build on each other, though the compiler sees one target.
@Suite("Arrows between the folders of Scheduling")
struct FolderArrowTests {
    /// What the types of a folder may name beside those of their own; files beside the folders may name all.
    private static let arrows: [String: Set<String>] = [
        "SolveCore": [],
        "Candidates": ["SolveCore"],
        "Bounds": ["SolveCore", "Candidates"],
        "List": ["SolveCore", "Candidates"],
        "Pricing": ["SolveCore", "Candidates"],
        "Certificates": ["SolveCore", "Candidates", "Pricing"],
        "Program": ["SolveCore", "Candidates", "List"],
        "Proof": ["SolveCore", "Candidates", "Bounds", "List", "Pricing", "Certificates", "Program"],
        "Windows": ["SolveCore", "Candidates", "Bounds", "List", "Pricing", "Certificates", "Program"],
    ]

    struct Source {
        let folder: String
        let name: String
        /// Words of the code, comments and texts left out, by lines.
        let lines: [[Substring]]
        /// Those of lines that are not indented.
        private let outermost: [[Substring]]

        init(folder: String, name: String, text: String) {
            (self.folder, self.name) = (folder, name)
            let texts = text.split(separator: "\n")
            lines = texts.map { line in
                // Every second part is inside quotes; what is interpolated there counts as text.
                let code = line.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
                    .filter { $0.offset.isMultiple(of: 2) }.map(\.element).joined(separator: " ")
                let end = code.range(of: "//")?.lowerBound ?? code.endIndex
                return code[..<end].split { !$0.isLetter && !$0.isNumber && $0 != "_" }
            }
            outermost = zip(texts, lines).filter { !$0.0.hasPrefix(" ") }.map(\.1)
        }

        /// Types that the file declares and others can name.
        var types: [Substring] {
            let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "actor", "typealias"]
            return outermost.compactMap { words in
                guard let kind = words.firstIndex(where: kinds.contains), kind + 1 < words.count,
                    words[..<kind].allSatisfy({ ["public", "package", "final", "indirect"].contains($0) })
                else { return nil }
                return words[kind + 1]
            }
        }
    }

    static func sources() throws -> [Source] {
        let root = ExternalFiles.packageRoot.appendingPathComponent("Sources/Scheduling")
        let files = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)
        return try (files?.allObjects ?? []).compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }.map {
            file in
            let parts = file.path.dropFirst(root.path.count + 1).split(separator: "/")
            return Source(
                folder: parts.count > 1 ? String(parts[0]) : "", name: file.lastPathComponent,
                text: try String(contentsOf: file, encoding: .utf8))
        }
    }

    /// What breaks an arrow: a file, and the type of another folder that it names.
    static func faults(_ sources: [Source]) -> [String] {
        var home: [Substring: String] = [:]
        for source in sources { for type in source.types { home[type] = source.folder } }
        return sources.flatMap { source -> [String] in
            guard let allowed = arrows[source.folder] else { return source.folder.isEmpty ? [] : [source.folder] }
            return Set(source.lines.joined()).compactMap { word in
                guard let folder = home[word], folder != source.folder, !allowed.contains(folder) else { return nil }
                return "\(source.folder)/\(source.name) names \(word) of \(folder.isEmpty ? "the door" : folder)"
            }
        }.sorted()
    }

    @Test("No file names a type that its folder may not build on")
    func arrows() throws {
        let sources = try Self.sources()
        #expect(Set(sources.map(\.folder)) == Set(Self.arrows.keys).union([""]))
        #expect(sources.flatMap(\.types).count > 100)
        #expect(Self.faults(sources) == [])
    }

    @Test("A file that does is found; comments and texts do not count")
    func broken() throws {
        let core = Source(
            folder: "SolveCore", name: "A.swift",
            text: "/// Like Candidate.\nstruct A { let text = \"Candidate\" // Candidate\n}")
        let candidates = Source(folder: "Candidates", name: "B.swift", text: "public struct Candidate { let a: A }")
        #expect(Self.faults([core, candidates]) == [])
        let bad = Source(
            folder: "SolveCore", name: "C.swift", text: "final class C {\n    var known: [Candidate] = []\n}")
        #expect(Self.faults([core, candidates, bad]) == ["SolveCore/C.swift names Candidate of Candidates"])
    }
}
