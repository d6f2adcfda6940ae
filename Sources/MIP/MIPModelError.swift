/// Why a part was refused by a ``MIPModel``; the model is unchanged.
public enum MIPModelError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A number that is NaN, infinite where it must not be, or larger than ``MIPModel/largestMagnitude``.
    case badNumber(value: String, place: String)
    /// The lower bound exceeds the upper bound, or both are the same infinity.
    case crossedBounds(place: String, lower: Double, upper: Double)
    /// A column index outside the model.
    case unknownColumn(index: Int, count: Int, place: String)
    /// A row index outside the model.
    case unknownRow(index: Int, count: Int, place: String)
    /// A point with the wrong number of values.
    case pointLength(found: Int, expected: Int)

    /// One sentence that names the place.
    public var description: String {
        switch self {
        case .badNumber(let value, let place):
            "\(place): \(value) is not a finite number of magnitude at most \(MIPModel.largestMagnitude)"
        case .crossedBounds(let place, let lower, let upper):
            "\(place): no value lies between the lower bound \(lower) and the upper bound \(upper)"
        case .unknownColumn(let index, let count, let place):
            "\(place): there is no column \(index) in a model of \(count) columns"
        case .unknownRow(let index, let count, let place):
            "\(place): there is no row \(index) in a model of \(count) rows"
        case .pointLength(let found, let expected):
            "the point has \(found) values, the model \(expected) columns"
        }
    }
}
