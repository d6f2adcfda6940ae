import Foundation
import TensorGraph

/// What pictures and programs call the problem that they show.
enum InputTitle {
    /// The file's name without folder and extension.
    static func of(_ path: String) -> String {
        if StandardStream.isInput(path) { return "standard input" }
        return URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    }
}
