// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that the benchmark library is fetched and built only where it is used.
let package = Package(
    name: "microbenchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "mlsys", path: "../.."),
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
    ],
    targets: [
        .executableTarget(
            name: "CostModelBenchmarks",
            dependencies: [
                .product(name: "MLSysScheduling", package: "mlsys"),
                .product(name: "Benchmark", package: "benchmark"),
            ],
            path: "Benchmarks/CostModelBenchmarks",
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
    ]
)
