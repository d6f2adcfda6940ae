extension Problem {
    /// 16 hexadecimal digits that tell whether two files hold the same problem, whatever its file is called.
    ///
    /// Names of ops and tensors and the layout of the file do not matter: they change no cost. The digits are the
    /// 64-bit hash FNV-1a, which protects from mistakes, not from forgery.
    public var fingerprint: String {
        var hash = FNV1a()
        hash.add([tensors.count, ops.count])
        for tensor in tensors { hash.add([tensor.width, tensor.height]) }
        for op in ops {
            hash.add(op.einsum.description)
            hash.add([op.inputs.count] + op.inputs.map(\.index) + [op.outputs.count] + op.outputs.map(\.index))
            hash.add(op.baseCost.bitPattern)
        }
        hash.add([hardware.fastMemoryCapacity, hardware.nativeWidth, hardware.nativeHeight])
        hash.add(hardware.slowMemoryBandwidth.bitPattern)
        let digits = String(hash.value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

/// The hash of Fowler, Noll and Vo, variant 1a with 64 bits: the same on every machine.
private struct FNV1a {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    private mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }

    mutating func add(_ number: UInt64) {
        for shift in stride(from: 0, to: 64, by: 8) { add(UInt8(truncatingIfNeeded: number >> shift)) }
    }

    mutating func add(_ numbers: [Int]) { for number in numbers { add(UInt64(bitPattern: Int64(number))) } }

    mutating func add(_ text: String) {
        for byte in text.utf8 { add(byte) }
        add(UInt8(0))
    }
}
