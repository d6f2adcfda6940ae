import CostModel
import Foundation
import TensorGraph

/// Dual prices that prove a lower bound for a problem; its JSON form is described in
/// `models/schema/certificate.schema.json`.
///
/// No step is worth more than it costs by these prices, so every schedule costs at least their sum times right-hand
/// sides. Who doubts it can try every step: see ``CertificateCheck``.
public struct BoundCertificate: Codable, Sendable, Hashable {
    /// The price of a tensor.
    public struct TensorPrice: Codable, Sendable, Hashable {
        /// The tensor, by index.
        public var tensor: Int
        /// Its price, in units of time.
        public var price: Double
    }

    /// The price of a row C2'.
    public struct ReachPrice: Codable, Sendable, Hashable {
        /// The op, by index.
        public var op: Int
        /// The tensor, by index.
        public var tensor: Int
        /// The price, in units of time.
        public var price: Double
    }

    /// The price of a row C3: of all sets of tensors that contain one of these.
    public struct HandOffPrice: Codable, Sendable, Hashable {
        /// The smallest of the sets; tensors by index.
        public var sets: [[Int]]
        /// The price, in units of time.
        public var price: Double
    }

    /// Ops and tensors of the problem that the prices are for.
    public var ops: Int
    /// See ``ops``.
    public var tensors: Int
    /// `native` or `none`: how deep k-steps may be.
    public var reductionCap: String
    /// What the bound is about, in words.
    public var scope: String
    /// No schedule in the scope is faster, in units of time.
    public var bound: Double
    /// Price of each op's first execution (C1').
    public var first: [Double]
    /// Prices of evicting graph outputs (C4); those left out are 0.
    public var output: [TensorPrice]
    /// Prices of rows C2'; those left out are 0.
    public var reach: [ReachPrice]
    /// Prices of rows C3; those left out are 0.
    public var handOff: [HandOffPrice]

    enum CodingKeys: String, CodingKey {
        case ops, tensors
        case reductionCap = "reduction_cap"
        case scope, bound, first, output, reach
        case handOff = "hand_off"
    }

    /// The JSON text, one field per line.
    ///
    /// - Throws: `EncodingError` for a number that JSON has no form for; no proven bound has one.
    public func text() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        func json(_ value: some Encodable) throws -> String {
            String(decoding: try encoder.encode(value), as: UTF8.self)
        }
        let fields = [
            ("ops", try json(ops)), ("tensors", try json(tensors)), ("reduction_cap", try json(reductionCap)),
            ("scope", try json(scope)), ("bound", try json(bound)), ("first", try json(first)),
            ("output", try json(output)), ("reach", try json(reach)), ("hand_off", try json(handOff)),
        ]
        return "{\n" + fields.map { "  \"\($0.0)\": \($0.1)" }.joined(separator: ",\n") + "\n}\n"
    }

    /// Reads a certificate file; `-` is standard input.
    ///
    /// - Throws: `FileError`.
    public static func read(_ path: String) throws(FileError) -> BoundCertificate {
        let data = try readFile(path)
        do {
            return try JSONDecoder().decode(BoundCertificate.self, from: data)
        } catch DecodingError.keyNotFound(let key, _) {
            throw FileError(path: path, kind: .badData, message: "is no certificate: \(key.stringValue) is missing")
        } catch {
            throw FileError(path: path, kind: .badData, message: "is no certificate of a bound")
        }
    }
}
