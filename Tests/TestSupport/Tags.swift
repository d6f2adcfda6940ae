import Testing

extension Tag {
    /// Tests that take seconds rather than milliseconds.
    @Tag public static var slow: Self
}
