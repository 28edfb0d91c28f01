// swift-tools-version: 6.0
import PackageDescription

// No unsafe flags anywhere: packages that depend on this one by version must be able to build it.
// oneDNN, OpenBLAS, libcrypto, zlib and librsvg are therefore opened at run time (see Sources/COneDNN, CBLAS, CCrypto,
// CZlib and CSVG).

/// Every module of the stack, lowest first, with what it may use.
var modules: [(name: String, uses: [String])] = [
  ("Support", ["CCrypto", "CFiles", "CZlib"]),
  ("Compute", ["Support", "CKernels", "COneDNN", "CBLAS"]),
  ("Metrics", ["Support"]),
  ("Tokenizers", ["Support"]),
  ("Weights", ["Support", "Tokenizers"]),
  ("ChatTemplates", ["Support"]),
  ("Datasets", ["Support", "Metrics"]),
  ("Layers", ["Support", "Compute"]),
  ("Models", ["Support", "Compute", "Layers", "Weights"]),
  ("Methods", ["Support", "Compute", "Layers", "Weights"]),
  ("Adapters", ["Support", "Compute", "Layers", "Models", "Methods", "Weights"]),
  ("Tasks", ["Support", "Layers", "Models", "Datasets", "Metrics"]),
]

/// What stands on all of these, and on those of this list before it.
for name in ["Inference", "Serving", "Training", "Experiments", "Inspection", "Reports"] {
  modules.append((name, modules.map(\.name) + (name == "Reports" ? ["CSVG"] : [])))
}

let package = Package(
  name: "SparseGrad",
  products: [
    .library(name: "SparseGrad", targets: ["SparseGrad"]),
    .executable(name: "sparsegrad", targets: ["Command"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    .target(name: "CKernels"),
    .target(name: "COneDNN"),
    .target(name: "CBLAS"),
    .target(name: "CCrypto"),
    .target(name: "CFiles"),
    .target(name: "CZlib"),
    .target(name: "CSVG"),
    .target(name: "SparseGrad", dependencies: modules.map { .init(stringLiteral: $0.name) }),
    .executableTarget(
      name: "Command",
      dependencies: [
        "SparseGrad",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Yams", package: "Yams"),
      ]),
  ]
    + modules.map { module in
      .target(name: module.name, dependencies: module.uses.map { .init(stringLiteral: $0) })
    }
    + [
      // Temporary folders for all tests.
      .target(name: "TestFiles", dependencies: ["Support"], path: "Tests/TestFiles"),
      .testTarget(name: "TokenizersTests", dependencies: ["Tokenizers", "Support", "TestFiles"]),
      .testTarget(name: "ChatTemplatesTests", dependencies: ["ChatTemplates", "Support"]),
      .testTarget(name: "WeightsTests", dependencies: ["Weights", "Support", "TestFiles"]),
      .testTarget(
        name: "DatasetsTests", dependencies: ["Datasets", "Metrics", "Support", "TestFiles"]),
      .testTarget(
        name: "TasksTests",
        dependencies: [
          "Tasks", "Inference", "Models", "Methods", "Layers", "Compute", "Weights", "Datasets",
          "Tokenizers", "Metrics", "Support", "TestFiles",
        ]),
      .testTarget(name: "ComputeTests", dependencies: ["Compute", "CKernels", "Weights"]),
      .testTarget(
        name: "ModelTests",
        dependencies: [
          "Compute", "Layers", "Models", "Methods", "Adapters", "Weights", "Support", "TestFiles",
        ]),
      // Tiny models and data, and the built command, for the tests that train.
      .target(
        name: "TestSupport", dependencies: ["SparseGrad", "TestFiles"], path: "Tests/TestSupport"),
      .testTarget(name: "TestSupportTests", dependencies: ["TestSupport"]),
      // Reads spoilt files of every kind: `make fuzz`, and in short as a test.
      .executableTarget(
        name: "Fuzz",
        dependencies: [
          "SparseGrad", "TestSupport",
          .product(name: "ArgumentParser", package: "swift-argument-parser"),
        ], path: "Tests/Fuzz"),
      .testTarget(name: "FuzzTests", dependencies: ["Fuzz", "TestSupport", "TestFiles"]),
      .testTarget(name: "TrainingTests", dependencies: ["SparseGrad", "TestSupport"]),
      .testTarget(name: "ExperimentsTests", dependencies: ["SparseGrad", "TestSupport"]),
    ],
  swiftLanguageModes: [.v6]
)
