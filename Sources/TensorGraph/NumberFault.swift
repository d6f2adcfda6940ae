/// Looks for the number that made a JSON file unreadable, where the decoder says only that something did.
///
/// On some systems the decoder reports `2.5` for a whole number, or `1e400` for any, as a fault of the file without
/// a place. Such a file is decoded a second time, into this type that takes everything, and searched.
indirect enum JSONValue: Decodable {
    /// A number; nil if it fits no `Double`.
    case number(Double?)
    case list([JSONValue])
    case object([String: JSONValue])
    case other

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let list = try? container.decode([JSONValue].self) {
            self = .list(list)
        } else if let object = try? container.decode([String: JSONValue].self) {
            self = .object(object)
        } else {
            do {
                self = .number(try container.decode(Double.self))
            } catch DecodingError.typeMismatch, DecodingError.valueNotFound {
                self = .other
            } catch {
                self = .number(nil)
            }
        }
    }

    /// Indices that lead to the first number that does not fit, depth first; nil if all do.
    func numberFault(mustBeWhole: Bool) -> [Int]? {
        switch self {
        case .number(let value?): mustBeWhole && Int(exactly: value) == nil ? [] : nil
        case .number(nil): []
        case .list(let elements):
            elements.enumerated().lazy.compactMap { index, element in
                element.numberFault(mustBeWhole: mustBeWhole).map { [index] + $0 }
            }.first
        case .object, .other: nil
        }
    }
}
