import Foundation

/// Copies a serialized ONNX model without what an import does not need: the payloads of large tensors above all.
///
/// A decoder of protocol buffers copies every field that it reads, weights too. This pass walks the wire format
/// (protobuf.dev/programming-guides/encoding) of a mapped file instead and touches only the headers of what it leaves
/// out, so that memory is bounded by the graph and not by the weights.
struct WireFilter {
    /// Bytes of data that a tensor may keep. Shapes, axes and other small constants are far below it.
    static let largestPayload = 8192

    /// Messages within each other, as branches within branches are: as deep as the decoder goes.
    private static let deepest = 96

    /// The messages on the way to tensors.
    private enum Message {
        case model, graph, function, node, attribute, tensor

        /// What becomes of a field of this message.
        func fate(_ field: UInt64) -> Fate {
            switch (self, field) {
            case (.model, 7): .nested(.graph)
            case (.model, 25): .nested(.function)
            case (.model, 1), (.model, 8): .kept
            case (.graph, 1): .nested(.node)
            case (.graph, 5): .nested(.tensor)
            case (.graph, 2), (.graph, 11...13): .kept
            case (.function, 7): .nested(.node)
            case (.function, 11): .nested(.attribute)
            case (.function, 1), (.function, 4...5), (.function, 9...10): .kept
            case (.node, 5): .nested(.attribute)
            case (.node, 1...4), (.node, 7): .kept
            case (.attribute, 5): .nested(.tensor)
            case (.attribute, 6): .nested(.graph)
            case (.attribute, 4), (.attribute, 7), (.attribute, 8): .limited
            case (.attribute, 1...3), (.attribute, 20...21): .kept
            case (.tensor, 4), (.tensor, 5), (.tensor, 7), (.tensor, 9...11): .limited
            case (.tensor, 1), (.tensor, 2), (.tensor, 8): .kept
            default: .dropped
            }
        }
    }

    private enum Fate {
        case kept, dropped, limited
        case nested(Message)
    }

    private let bytes: UnsafeRawBufferPointer
    private let largestPayload: Int

    /// The serialized model without large payloads.
    ///
    /// - Parameter largestPayload: bytes of data that a tensor may keep.
    /// - Throws: ``ImportFault`` when the bytes are not the wire format.
    static func reduce(_ data: Data, _ largestPayload: Int = largestPayload) throws(ImportFault) -> Data {
        let result = data.withUnsafeBytes { bytes in
            Result { () throws(ImportFault) in
                try WireFilter(bytes: bytes, largestPayload: largestPayload).copy(0..<bytes.count, .model, depth: 0)
            }
        }
        return Data(try result.get())
    }

    private func copy(_ range: Range<Int>, _ message: Message, depth: Int) throws(ImportFault) -> [UInt8] {
        guard depth <= Self.deepest else { throw ImportFault("has branches within branches, more than can be read") }
        var result: [UInt8] = []
        var position = range.lowerBound
        var payload = 0
        while position < range.upperBound {
            let start = position
            let key = try varint(&position, range.upperBound)
            var contents = position..<position
            switch key & 7 {
            case 0: _ = try varint(&position, range.upperBound)
            case 1: position += 8
            case 2:
                let length = try varint(&position, range.upperBound)
                guard length <= UInt64(range.upperBound - position) else { throw Self.damaged }
                contents = position..<position + Int(length)
                position = contents.upperBound
            case 5: position += 4
            default: throw Self.damaged
            }
            guard position <= range.upperBound else { throw Self.damaged }
            switch message.fate(key >> 3) {
            case .dropped: continue
            case .kept: result += bytes[start..<position]
            case .limited:
                payload += position - start
                if payload <= largestPayload { result += bytes[start..<position] }
            case .nested(let inner):
                guard key & 7 == 2 else { throw Self.damaged }
                let body = try copy(contents, inner, depth: depth + 1)
                Self.append(key, to: &result)
                Self.append(UInt64(body.count), to: &result)
                result += body
            }
        }
        return result
    }

    private func varint(_ position: inout Int, _ end: Int) throws(ImportFault) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard position < end else { throw Self.damaged }
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw Self.damaged
    }

    private static func append(_ value: UInt64, to bytes: inout [UInt8]) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private static let damaged = ImportFault("is not an ONNX model, or is damaged")
}
