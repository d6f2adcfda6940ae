import TensorGraph

/// How large a generated problem is and what hardware it runs on.
public struct GeneratorOptions: Sendable, Hashable {
    /// Ops aimed at. Families made of blocks repeat whole blocks as long as the next one fits, at least one.
    public var ops = 32
    /// Blocks of the families that are made of blocks; nil for as many as fit into ``ops``.
    public var layers: Int?
    /// Columns of the activations: the width of the model.
    public var width = 512
    /// Rows of the activations: the length of the sequence, or the batch.
    public var rows = 512
    /// Attention heads; experts of a mixture.
    public var heads = 4
    /// Seed of everything random; the same options and seed give the same problem on every machine.
    public var seed: UInt64 = 1
    /// Whether ops at the same place of every block cost the same, as in a network that repeats one layer.
    public var alike = false
    /// How much fast memory and bandwidth there is.
    public var hardware = HardwareProfile.medium

    /// 32 ops on activations of 512 x 512, medium hardware, seed 1.
    public init() {}

    /// The most ops that are generated.
    public static let largestOpCount = 1_000_000
    /// The most layers.
    public static let largestLayerCount = 10_000
    /// The largest width and the most rows.
    public static let largestSide = 1 << 20
    /// The most heads or experts.
    public static let largestHeadCount = 1024
}

/// How scarce fast memory and bandwidth are.
public enum HardwareProfile: String, Sendable, Hashable, CaseIterable {
    /// Less fast memory than two native tiles.
    case tight
    /// Seven native tiles.
    case medium
    /// Thirty-six native tiles, and enough bandwidth that most MatMuls are bound by compute.
    case loose

    /// Columns and rows of a native tile, as in all of the contest's problems.
    static let nativeSide = 128

    /// The hardware. Capacities and bandwidths span those of the contest's problems.
    public var hardware: Hardware {
        let (capacity, bandwidth) =
            switch self {
            case .tight: (30_000, 15.0)
            case .medium: (120_000, 30.0)
            case .loose: (600_000, 100.0)
            }
        return Hardware(
            fastMemoryCapacity: capacity, slowMemoryBandwidth: bandwidth, nativeWidth: Self.nativeSide,
            nativeHeight: Self.nativeSide)
    }
}
