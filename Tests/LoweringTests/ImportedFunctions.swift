@testable import ModelImport

/// The functions that an import writes; in a file of its own, since names in the two modules are alike.
enum ImportedFunctions {
    /// Names of maps and how many inputs each takes; nil for any number.
    static let maps = OpFunction.maps
    static let reductions = OpFunction.reductions.keys.sorted()
}
