import CGLPK
import Logging

/// Takes what GLPK would print on the terminal, on the thread that installs it, and logs it line by line.
///
/// GLPK prints in fragments; they are collected up to the end of the line. Standard output stays clean even without a
/// logger. Messages have level `debug`.
final class TerminalLog {
    private let logger: Logger?
    private var line: [UInt8] = []

    init(logger: Logger?) { self.logger = logger }

    /// How much GLPK should say to a logger: everything if it listens at level `debug`, else errors only.
    static func messageLevel(for logger: Logger?) -> Int32 {
        guard let logger, logger.logLevel <= .debug else { return GLP_MSG_ERR }
        return GLP_MSG_ALL
    }

    /// Hooks the calling thread's GLPK environment, creating it if need be. The log must outlive the environment.
    func install() {
        glp_term_hook(
            { info, text in
                if let info, let text {
                    Unmanaged<TerminalLog>.fromOpaque(info).takeUnretainedValue().append(text)
                }
                return 1  // Anything but zero: GLPK prints nothing itself.
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    /// Logs the unfinished line, if there is one.
    func flush() {
        if !line.isEmpty { logger?.debug("\(String(decoding: line, as: UTF8.self))", source: "GLPK") }
        line.removeAll(keepingCapacity: true)
    }

    private func append(_ text: UnsafePointer<CChar>) {
        guard logger != nil else { return }
        var next = text
        while next.pointee != 0 {
            let byte = UInt8(bitPattern: next.pointee)
            if byte == UInt8(ascii: "\n") { flush() } else { line.append(byte) }
            next += 1
        }
    }
}
