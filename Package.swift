// swift-tools-version: 6.2
import PackageDescription

// CI builds with MLSYS_STRICT=1: our own warnings are errors, those of dependencies are not our business.
let strict: [SwiftSetting] =
    Context.environment["MLSYS_STRICT"] == nil ? [] : [.treatAllWarnings(as: .error)]

// Hot loops are in these targets; whole-module optimisation lets them specialise across files.
let fast: [SwiftSetting] = strict

let package = Package(
    name: "mlsys",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "mlsys", targets: ["mlsys"]),
        .library(name: "MLSysScheduling", targets: ["TensorGraph", "CostModel", "MIP", "Scheduling"]),
        .library(name: "MLSysGLPK", targets: ["GLPKBackend"]),
        .library(name: "ModelImport", targets: ["ModelImport"]),
        .library(name: "Lowering", targets: ["Lowering"]),
        .library(name: "ProblemFamilies", targets: ["ProblemFamilies"]),
        .library(name: "Reporting", targets: ["Reporting"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
    ],
    targets: [
        .target(
            name: "TensorGraph",
            dependencies: [.product(name: "BitCollections", package: "swift-collections")],
            swiftSettings: strict),
        .target(name: "CostModel", dependencies: ["TensorGraph"], swiftSettings: fast),
        .target(name: "MIP", swiftSettings: strict),
        .systemLibrary(name: "CGLPK", providers: [.apt(["libglpk-dev"]), .brew(["glpk"])]),
        .target(name: "GLPKShims", dependencies: ["CGLPK"]),
        .target(
            name: "GLPKBackend",
            dependencies: ["MIP", "CGLPK", "GLPKShims", .product(name: "Logging", package: "swift-log")],
            swiftSettings: fast),
        .target(name: "ProcessShims"),
        .target(name: "ExecutableBackend", dependencies: ["MIP", "ProcessShims"], swiftSettings: strict),
        .target(
            name: "Scheduling",
            dependencies: [
                "TensorGraph", "CostModel", "MIP",
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "BitCollections", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: fast),
        .target(
            name: "ModelImport",
            dependencies: ["TensorGraph", .product(name: "SwiftProtobuf", package: "swift-protobuf")],
            swiftSettings: strict),
        .target(name: "Lowering", dependencies: ["TensorGraph", "CostModel"], swiftSettings: strict),
        .target(
            name: "DesignSpace", dependencies: ["TensorGraph", "CostModel", "MIP", "Scheduling"],
            swiftSettings: strict),
        .target(name: "ProblemFamilies", dependencies: ["TensorGraph"], swiftSettings: strict),
        .target(
            name: "Reporting",
            dependencies: [
                "TensorGraph", "CostModel", "Scheduling", "DesignSpace",
                .product(name: "Mustache", package: "swift-mustache"),
            ],
            resources: [
                // In the code, so that the program stays one file.
                .embedInCode("HTML/Resources/page.mustache"), .embedInCode("HTML/Resources/page.css"),
                .embedInCode("HTML/Resources/core.js"), .embedInCode("HTML/Resources/select.js"),
                .embedInCode("HTML/Resources/graph.js"), .embedInCode("HTML/Resources/layers.js"),
                .embedInCode("HTML/Resources/timeline.js"),
                .embedInCode("HTML/Resources/table.js"), .embedInCode("HTML/Resources/search.js"),
                .embedInCode("HTML/Resources/sweep.mustache"), .embedInCode("HTML/Resources/sweep.css"),
                .embedInCode("HTML/Resources/sweep.js"), .embedInCode("HTML/Resources/tiles.js"),
                .embedInCode("HTML/Resources/print.js"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "mlsys",
            dependencies: [
                "TensorGraph", "CostModel", "Scheduling", "DesignSpace", "ProblemFamilies", "ModelImport", "Reporting",
                "Lowering", "MIP",
                "GLPKBackend", "ExecutableBackend",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .target(
            name: "TestSupport", dependencies: ["TensorGraph", "CostModel"], path: "Tests/TestSupport",
            exclude: ["judge.py"], swiftSettings: strict),
        .target(
            name: "SolverTestSupport", dependencies: ["MIP", "TensorGraph"], path: "Tests/SolverTestSupport",
            swiftSettings: strict),
        .testTarget(
            name: "MIPTests", dependencies: ["MIP", "SolverTestSupport", "TensorGraph"], swiftSettings: strict),
        .testTarget(
            name: "GLPKBackendTests",
            dependencies: [
                "GLPKBackend", "MIP", "CGLPK", "GLPKShims", "SolverTestSupport", "TensorGraph",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ExecutableBackendTests",
            dependencies: ["ExecutableBackend", "MIP", "SolverTestSupport", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "TensorGraphTests", dependencies: ["TensorGraph", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "CostModelTests", dependencies: ["TensorGraph", "CostModel", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "SchedulingTests",
            dependencies: [
                "Scheduling", "CostModel", "TensorGraph", "MIP", "GLPKBackend", "ProblemFamilies", "TestSupport",
                "SolverTestSupport",
            ],
            exclude: ["check_bound.py"], swiftSettings: strict),
        .testTarget(
            name: "ModelImportTests", dependencies: ["ModelImport", "TensorGraph", "TestSupport"],
            exclude: ["Fixtures"], swiftSettings: strict),
        .testTarget(
            name: "LoweringTests",
            dependencies: ["Lowering", "ModelImport", "Scheduling", "CostModel", "TensorGraph", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "DesignSpaceTests",
            dependencies: [
                "DesignSpace", "Scheduling", "CostModel", "TensorGraph", "GLPKBackend", "TestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ProblemFamiliesTests", dependencies: ["ProblemFamilies", "TensorGraph"], swiftSettings: strict),
        .testTarget(
            name: "ReportingTests",
            dependencies: [
                "Reporting", "DesignSpace", "Scheduling", "CostModel", "TensorGraph", "GLPKBackend", "TestSupport",
            ],
            exclude: ["browse.py", "browse_sweep.py"], swiftSettings: strict),
        .testTarget(
            name: "CommandTests",
            dependencies: [
                "mlsys", "TensorGraph", "CostModel", "Scheduling", "ProblemFamilies", "Reporting", "TestSupport",
            ],
            exclude: ["Golden"],
            swiftSettings: strict),
    ]
)
