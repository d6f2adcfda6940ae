/// Where the elements of a view of a small constant are among those of the constant.
struct Strided {
    private var shape: [Int]
    private var coordinates: [[Int]]
    private let strides: [Int]
    private var order: [Int]

    init(_ shape: [Int]) {
        self.shape = shape
        coordinates = shape.map { Array(0..<$0) }
        var strides = shape
        var stride = 1
        for axis in shape.indices.reversed() {
            strides[axis] = stride
            stride *= shape[axis]
        }
        self.strides = strides
        order = Array(shape.indices)
    }

    func transposed(_ order: [Int]) -> Strided {
        var copy = self
        copy.order = order
        return copy
    }

    func picking(_ axis: Int, _ places: [Int]) -> Strided {
        var copy = self
        copy.coordinates[axis] = places
        return copy
    }

    /// Places in the constant, row by row of the view.
    var places: [Int] {
        var result = [0]
        for axis in order {
            result = result.flatMap { base in coordinates[axis].map { base + $0 * strides[axis] } }
        }
        return result
    }
}
