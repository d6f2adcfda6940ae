import Foundation
import TensorGraph
import TestSupport
import Testing

@Suite("Replacing a file")
struct AtomicFileTests {
    private func content(_ file: URL) throws -> String { try String(contentsOf: file, encoding: .utf8) }

    private func names(in folder: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    @Test("makes a new file or replaces an old one, and leaves nothing else behind")
    func replaces() throws {
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("out.json")
            for text in ["first, and longer", "second", ""] {
                try writeAtomically(text, to: file.path)
                #expect(try content(file) == text)
            }
            #expect(try names(in: folder) == ["out.json"])
        }
    }

    @Test("writes text of many megabytes whole")
    func large() throws {
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("out.json")
            let text = String(repeating: "0123456789abcdef", count: 1 << 18)
            try writeAtomically(text, to: file.path)
            #expect(try Data(contentsOf: file) == Data(text.utf8))
        }
    }

    @Test("follows a symbolic link, relative or chained: the link stays, its target changes")
    func symbolicLink() throws {
        try withTemporaryFolder { folder in
            let target = folder.appendingPathComponent("target.json")
            let link = folder.appendingPathComponent("link.json").path
            let chain = folder.appendingPathComponent("chain.json").path
            try writeAtomically("old", to: target.path)
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "target.json")
            try FileManager.default.createSymbolicLink(atPath: chain, withDestinationPath: link)
            for (index, path) in [link, chain].enumerated() {
                try writeAtomically("new \(index)", to: path)
                #expect(try content(target) == "new \(index)")
            }
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "target.json")
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: chain) == link)
        }
    }

    @Test("follows a symbolic link to a file that is not there yet")
    func danglingLink() throws {
        try withTemporaryFolder { folder in
            let link = folder.appendingPathComponent("link.json").path
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "target.json")
            try writeAtomically("new", to: link)
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "target.json")
            #expect(try content(folder.appendingPathComponent("target.json")) == "new")
        }
    }

    @Test("refuses a symbolic link that leads to itself")
    func linkLoop() throws {
        try withTemporaryFolder { folder in
            let link = folder.appendingPathComponent("link.json").path
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "link.json")
            let error = #expect(throws: FileError.self) { try writeAtomically("new", to: link) }
            #expect(error?.kind == .cannotCreate)
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "link.json")
        }
    }

    @Test("works for the longest name that a file can have, and for a path without folder")
    func names() throws {
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent(String(repeating: "n", count: 255))
            try writeAtomically("new", to: file.path)
            #expect(try content(file) == "new")
        }
        let bare = "mlsys-test-\(UUID().uuidString)"
        defer { unlink(bare) }
        try writeAtomically("new", to: bare)
        #expect(try String(contentsOfFile: bare, encoding: .utf8) == "new")
    }

    @Test("keeps the mode of an existing file", arguments: [0o600, 0o640, 0o755])
    func mode(mode: Int) throws {
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("out.json").path
            try writeAtomically("old", to: file)
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
            try writeAtomically("new", to: file)
            let attributes = try FileManager.default.attributesOfItem(atPath: file)
            #expect(attributes[.posixPermissions] as? Int == mode)
        }
    }

    @Test("fails with the path as given where there is no folder, or a folder is in the way")
    func nowhere() throws {
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("file").path
            try writeAtomically("kept", to: file)
            for path in [folder.path, folder.path + "/missing/out.json", file + "/out.json"] {
                let error = #expect(throws: FileError.self) { try writeAtomically("new", to: path) }
                #expect(error?.kind == .cannotCreate)
                #expect(error?.path == path)
            }
            #expect(try content(URL(fileURLWithPath: file)) == "kept")
        }
    }

    @Test("writes to a device without replacing it")
    func device() throws {
        try writeAtomically("gone", to: "/dev/null")
        let attributes = try FileManager.default.attributesOfItem(atPath: "/dev/null")
        #expect(attributes[.type] as? FileAttributeType == .typeCharacterSpecial)
    }

    @Test(
        "tells when a device is full",
        .enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "needs /dev/full"))
    func fullDevice() {
        let error = #expect(throws: FileError.self) { try writeAtomically("too much", to: "/dev/full") }
        #expect(error?.kind == .cannotCreate)
    }
}
