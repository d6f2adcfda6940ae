import Foundation
import TensorGraph
import TestSupport
import Testing

/// Each test ruins its own process, by giving up rights or limiting file sizes, and so runs in one of its own.
@Suite("A file that cannot be replaced stays as it was")
struct AtomicFileFailureTests {
    @Test("when the disk has no room for the new one; no temporary file is left")
    func noRoom() async {
        await #expect(processExitsWith: .success) {
            try withTemporaryFolder { folder in
                let file = folder.appendingPathComponent("out.json")
                try writeAtomically("old", to: file.path)
                // A limit on file sizes fails as a full disk does: the first bytes are written, the rest is not.
                signal(SIGXFSZ, SIG_IGN)
                var before = rlimit()
                #expect(getrlimit(fileSizeLimit, &before) == 0)
                var limit = rlimit(rlim_cur: 1000, rlim_max: before.rlim_max)
                #expect(setrlimit(fileSizeLimit, &limit) == 0)
                // Where coverage is measured, the process writes its profile when it ends: half of one spoils all.
                defer { setrlimit(fileSizeLimit, &before) }
                let text = String(repeating: "x", count: 5000)
                let error = #expect(throws: FileError.self) { try writeAtomically(text, to: file.path) }
                #expect(error?.kind == .cannotCreate)
                #expect(try String(contentsOf: file, encoding: .utf8) == "old")
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["out.json"])
            }
        }
    }

    @Test("when it may not be written, or its folder may not")
    func noRights() async {
        await #expect(processExitsWith: .success) {
            try withTemporaryFolder { folder in
                let file = folder.appendingPathComponent("out.json")
                try writeAtomically("old", to: file.path)
                let user = geteuid()
                // The superuser may write everything: step down to an ordinary user for the attempt.
                func attempt(fileMode: Int, folderMode: Int) throws {
                    let files = FileManager.default
                    try files.setAttributes([.posixPermissions: fileMode], ofItemAtPath: file.path)
                    try files.setAttributes([.posixPermissions: folderMode], ofItemAtPath: folder.path)
                    if user == 0 { #expect(setreuid(65534, 65534) == 0) }
                    let error = #expect(throws: FileError.self) { try writeAtomically("new", to: file.path) }
                    #expect(error?.kind == .cannotCreate)
                    #expect(try String(contentsOf: file, encoding: .utf8) == "old")
                    #expect(try files.contentsOfDirectory(atPath: folder.path) == ["out.json"])
                }
                try attempt(fileMode: 0o444, folderMode: 0o555)
            }
        }
    }
}

#if canImport(Glibc)
    private let fileSizeLimit = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
#else
    private let fileSizeLimit = RLIMIT_FSIZE
#endif
