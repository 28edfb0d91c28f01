// swift-tools-version: 6.0
import PackageDescription

let package = Package(
  name: "Examples",
  dependencies: [
    .package(url: "https://github.com/sparsegrad/sparsegrad-swift", from: "0.1.0")
  ],
  targets: [
    .executableTarget(
      name: "fine-tune",
      dependencies: [.product(name: "SparseGrad", package: "sparsegrad-swift")],
      path: "Sources/FineTune")
  ]
)
