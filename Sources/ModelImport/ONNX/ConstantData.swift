import Foundation

/// The elements of a small constant tensor, row by row.
struct ConstantData: Hashable {
    enum Elements: Hashable {
        case integers([Int])
        case reals([Double])

        var count: Int {
            switch self {
            case .integers(let list): list.count
            case .reals(let list): list.count
            }
        }
    }

    /// Elements that a constant may have to be known by value. Larger ones are known by shape alone.
    static let largestCount = 4096

    let shape: [Int]
    let elements: Elements

    init(shape: [Int], integers: [Int]) {
        self.shape = shape
        elements = .integers(integers)
    }

    init(shape: [Int], reals: [Double]) {
        self.shape = shape
        elements = .reals(reals)
    }

    init(shape: [Int], elements: Elements) {
        self.shape = shape
        self.elements = elements
    }

    /// The elements as integers; nil where they are not whole or too large.
    var integers: [Int]? {
        switch elements {
        case .integers(let list): return list
        case .reals(let list):
            let whole = list.compactMap { Int(exactly: $0) }
            return whole.count == list.count ? whole : nil
        }
    }

    var reals: [Double] {
        switch elements {
        case .integers(let list): list.map(Double.init)
        case .reals(let list): list
        }
    }

    /// The elements at these places, in another shape.
    func picking(_ places: [Int], shape: [Int]) -> ConstantData {
        switch elements {
        case .integers(let list): ConstantData(shape: shape, integers: places.map { list[$0] })
        case .reals(let list): ConstantData(shape: shape, reals: places.map { list[$0] })
        }
    }

    func reshaped(_ shape: [Int]) -> ConstantData { ConstantData(shape: shape, elements: elements) }
}

extension Mlsys_Onnx_TensorProto {
    /// The shape.
    ///
    /// - Throws: ``ImportFault`` when a side is negative or the tensor too large.
    func shape() throws(ImportFault) -> [Int] {
        let shape = dims.map(Int.init)
        guard shape.count <= 16 else {
            throw ImportFault("tensor \"\(name.prefix(80))\" has \(shape.count) dimensions")
        }
        do throws(ImportFault) {
            _ = try Checked.product(shape)
        } catch {
            throw ImportFault("tensor \"\(name.prefix(80))\": \(error)")
        }
        return shape
    }

    /// The elements, when there are few and all are in the file.
    func constant() throws(ImportFault) -> ConstantData? {
        let shape = try shape()
        let count = shape.reduce(1, *)
        guard count <= ConstantData.largestCount, let elements = elements(count), elements.count == count else {
            return nil
        }
        return ConstantData(shape: shape, elements: elements)
    }

    /// Data types by number as in TensorProto.DataType.
    private func elements(_ count: Int) -> ConstantData.Elements? {
        switch dataType {
        case 1:  // FLOAT
            if !rawData.isEmpty {
                return raw(UInt32.self, count).map { .reals($0.map { Double(Float(bitPattern: $0)) }) }
            }
            return .reals(floatData.map(Double.init))
        case 11:  // DOUBLE
            if !rawData.isEmpty { return raw(UInt64.self, count).map { .reals($0.map { Double(bitPattern: $0) }) } }
            return .reals(doubleData)
        case 7:  // INT64
            if !rawData.isEmpty { return raw(Int64.self, count).map { .integers($0.map(Int.init)) } }
            return .integers(int64Data.map(Int.init))
        case 6:  // INT32
            if !rawData.isEmpty { return raw(Int32.self, count).map { .integers($0.map(Int.init)) } }
            return .integers(int32Data.map(Int.init))
        case 2, 3, 9:  // UINT8, INT8, BOOL
            if !rawData.isEmpty {
                return raw(UInt8.self, count).map {
                    .integers($0.map { dataType == 3 ? Int(Int8(bitPattern: $0)) : Int($0) })
                }
            }
            return .integers(int32Data.map(Int.init))
        default: return nil
        }
    }

    private func raw<Value: FixedWidthInteger>(_ type: Value.Type, _ count: Int) -> [Value]? {
        guard rawData.count == count * MemoryLayout<Value>.size else { return nil }
        return rawData.withUnsafeBytes { bytes in
            (0..<count).map {
                Value(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Value>.size, as: Value.self))
            }
        }
    }
}
