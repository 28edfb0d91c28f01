// swift-tools-version: 6.0
import PackageDescription

let package = Package(
  name: "Examples",
  dependencies: [
    // Stands for the address of your copy; Scripts/test-examples.sh leads it to this one.
    .package(url: "https://example.com/sparsegrad-swift", from: "0.1.0")
  ],
  targets: [
    .executableTarget(
      name: "fine-tune",
      dependencies: [.product(name: "SparseGrad", package: "sparsegrad-swift")],
      path: "Sources/FineTune"),
    .executableTarget(
      name: "custom-loop",
      dependencies: [.product(name: "SparseGrad", package: "sparsegrad-swift")],
      path: "Sources/CustomLoop"),
  ]
)
