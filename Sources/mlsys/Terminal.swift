import Foundation

/// The terminal that people read results in.
enum Terminal {
    /// Characters of a line: what `$COLUMNS` says, else the terminal on standard output, else 80.
    static var width: Int {
        if let set = ProcessInfo.processInfo.environment["COLUMNS"].flatMap(Int.init), set > 0 { return set }
        var size = winsize()
        if ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
        return 80
    }
}
