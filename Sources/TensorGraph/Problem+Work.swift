extension Problem {
    /// Multiply-adds of an op's products; 0 for an op that sums no products.
    ///
    /// An op that reduces two tensors or more and names no function sums products: one multiply-add for each pair of
    /// factors.
    public func multiplyAdds(of op: OpID) -> Double {
        let (reduction, op) = (reduction(of: op), ops[op.index])
        guard op.isReducing, op.inputs.count > 1, op.function == nil, let output = op.outputs.first else { return 0 }
        return Double(self[output].size) * Double(reduction) * Double(op.inputs.count - 1)
    }
}
