// swift-tools-version: 6.2
import PackageDescription

// How another package depends on the scheduler.
let package = Package(
    name: "example-package",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "mlsys", path: "../..")],
    targets: [
        .executableTarget(
            name: "example",
            dependencies: [
                .product(name: "MLSysScheduling", package: "mlsys"), .product(name: "MLSysGLPK", package: "mlsys"),
            ])
    ]
)
