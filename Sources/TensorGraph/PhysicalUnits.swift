/// What a unit of time and an element are on the chip that a problem was made for.
///
/// No cost depends on them: they turn latencies into seconds and elements into bytes.
public struct PhysicalUnits: Codable, Sendable, Hashable {
    /// What the chip is called.
    public let hardware: String
    /// Seconds in a unit of time.
    public let secondsPerUnit: Double
    /// Bytes in an element.
    public let bytesPerElement: Double
    /// Multiply-adds that the chip does in a unit of time at most; nil if that is not known.
    public let multiplyAddsPerUnit: Double?

    enum CodingKeys: String, CodingKey {
        case hardware
        case secondsPerUnit = "seconds_per_unit"
        case bytesPerElement = "bytes_per_element"
        case multiplyAddsPerUnit = "multiply_adds_per_unit"
    }

    /// Creates units; all numbers are above 0.
    public init(
        hardware: String, secondsPerUnit: Double, bytesPerElement: Double, multiplyAddsPerUnit: Double? = nil
    ) {
        self.hardware = hardware
        self.secondsPerUnit = secondsPerUnit
        self.bytesPerElement = bytesPerElement
        self.multiplyAddsPerUnit = multiplyAddsPerUnit
    }

    /// The units of a chip on which every op costs this many times as much.
    package func slower(_ factor: Double) -> PhysicalUnits {
        PhysicalUnits(
            hardware: hardware, secondsPerUnit: secondsPerUnit, bytesPerElement: bytesPerElement,
            multiplyAddsPerUnit: multiplyAddsPerUnit.map { $0 / factor })
    }

    /// - Throws: ``ProblemError`` for a number that is no rate.
    func validate() throws(ProblemError) {
        let numbers: [(CodingKeys, Double?)] = [
            (.secondsPerUnit, secondsPerUnit), (.bytesPerElement, bytesPerElement),
            (.multiplyAddsPerUnit, multiplyAddsPerUnit),
        ]
        for (key, number) in numbers {
            guard let number, !(number >= 1e-18 && number <= 1e18) else { continue }
            throw ProblemError(
                .problem, "\(key.rawValue) in physical_units is \(number); it must be between 1e-18 and 1e18")
        }
    }

    /// The JSON text, on one line.
    var json: String {
        var fields = [
            (CodingKeys.hardware, jsonString(hardware)), (.secondsPerUnit, jsonNumber(secondsPerUnit)),
            (.bytesPerElement, jsonNumber(bytesPerElement)),
        ]
        if let multiplyAddsPerUnit { fields.append((.multiplyAddsPerUnit, jsonNumber(multiplyAddsPerUnit))) }
        return "{" + fields.map { "\"\($0.0.rawValue)\": \($0.1)" }.joined(separator: ", ") + "}"
    }
}

extension PhysicalUnits: JSONReadable {
    init(from reader: inout JSONReader) throws(JSONSyntaxError) {
        var (hardware, seconds, bytes) = ("", 0.0, 0.0)
        var multiplyAdds: Double?
        let required: [CodingKeys] = [.hardware, .secondsPerUnit, .bytesPerElement]
        try reader.readObject(required: required) { field, reader throws(JSONSyntaxError) in
            switch field {
            case .hardware: hardware = try reader.value()
            case .secondsPerUnit: seconds = try reader.value()
            case .bytesPerElement: bytes = try reader.value()
            case .multiplyAddsPerUnit: multiplyAdds = try reader.value()
            }
        }
        self.init(
            hardware: hardware, secondsPerUnit: seconds, bytesPerElement: bytes, multiplyAddsPerUnit: multiplyAdds)
    }
}
