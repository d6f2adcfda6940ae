/// Poolings: a reduction over the whole image exactly, windows approximated.
enum PoolingOperators {
    static let rules: [String: OperatorTable.Rule] = [
        "GlobalAveragePool": global("mean"), "GlobalMaxPool": global("max"),
        "AveragePool": pool("mean", map: "average"), "MaxPool": pool("max", map: "max"),
        "LpPool": pool("norm2", map: "norm2"),
    ]

    private static func global(_ function: String) -> OperatorTable.Rule {
        { lowering, _, inputs in
            [try reduceAll(&lowering, try inputs.required(0), function)]
        }
    }

    private static func reduceAll(
        _ lowering: inout Lowering, _ image: ValueID, _ function: String
    ) throws(ImportFault) -> ValueID {
        let shape = lowering.shape(image)
        guard shape.count > 2 else { throw ImportFault("pools what has no pixels") }
        let pixels = try lowering.reshape(image, [shape[0], shape[1], try Checked.product(shape[2...])])
        let result = try lowering.reduce(function, pixels, axis: 2)
        return try lowering.reshape(result, shape[..<2] + shape[2...].map { _ in 1 })
    }

    private static func pool(_ function: String, map: String) -> OperatorTable.Rule {
        { lowering, node, inputs in
            let image = try inputs.required(0)
            let shape = lowering.shape(image)
            guard shape.count > 2, let kernel = node.ints("kernel_shape") else { throw ImportFault("has no windows") }
            let windows = try Windows(node, image: Array(shape[2...]), kernel: kernel)
            if windows.isGlobal { return [try reduceAll(&lowering, image, function)] }
            guard windows.taps <= 512 else { throw ImportFault("has windows of \(windows.taps) elements") }
            let result: ValueID
            if windows.isSame {
                lowering.approximate("windows around every pixel read the image once; the rim of a tile is left out")
                result = try lowering.map("\(map)_pool", [image])
            } else {
                if windows.isTiling {
                    lowering.rearrange("its windows, which do not overlap, are gathered in slow memory")
                } else {
                    lowering.approximate("its windows are gathered in slow memory (im2col)")
                }
                let gathered = try lowering.gathered(
                    from: [image], name: "\(node.name)/im2col",
                    shape: [shape[0], shape[1], windows.taps, windows.outputPixels])
                var taps: [ValueID] = []
                for tap in 0..<windows.taps {
                    let slice = try lowering.slice(gathered, axis: 2, start: tap, length: 1)
                    taps.append(try lowering.squeeze(slice, axis: 2))
                }
                result = try lowering.map(map, taps)
            }
            return [try lowering.reshape(result, shape[..<2] + windows.output)]
        }
    }
}
