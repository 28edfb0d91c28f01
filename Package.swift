// swift-tools-version: 6.0
import PackageDescription

// No unsafe flags anywhere: packages that depend on this one by version must be able to build it.
// oneDNN, OpenBLAS and libcrypto are therefore opened at run time (see Sources/COneDNN, CBLAS and CCrypto).

/// Every module of the stack, lowest first, with what it may use.
let modules: [(name: String, uses: [Target.Dependency])] = [
  ("Support", ["CCrypto", "CFiles"]),
  ("Compute", ["Support", "CKernels", "COneDNN", "CBLAS"]),
  ("Layers", ["Support", "Compute"]),
  ("Tokenizers", ["Support"]),
  ("Checkpoints", ["Support"]),
  ("Models", ["Support", "Compute", "Layers", "Checkpoints"]),
  ("Methods", ["Support", "Compute", "Layers", "Models", "Checkpoints"]),
  ("Datasets", ["Support", "Metrics"]),
  ("Metrics", ["Support"]),
  (
    "Training",
    [
      "Support", "Compute", "Layers", "Models", "Methods", "Tokenizers", "Checkpoints", "Datasets",
      "Metrics",
    ]
  ),
  (
    "Recipes",
    [
      "Support", "Compute", "Layers", "Models", "Methods", "Tokenizers", "Checkpoints", "Datasets",
      "Metrics", "Training",
    ]
  ),
]

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
    .target(name: "SparseGrad", dependencies: modules.map { .init(stringLiteral: $0.name) }),
    .executableTarget(
      name: "Command",
      dependencies: [
        "SparseGrad",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Yams", package: "Yams"),
      ]),
  ]
    + modules.map { .target(name: $0.name, dependencies: $0.uses) }
    + [
      // Temporary folders for all tests.
      .target(name: "TestFiles", dependencies: ["Support"], path: "Tests/TestFiles"),
      .testTarget(name: "TokenizersTests", dependencies: ["Tokenizers", "Support", "TestFiles"]),
      .testTarget(name: "CheckpointsTests", dependencies: ["Checkpoints", "Support", "TestFiles"]),
      .testTarget(
        name: "DatasetsTests", dependencies: ["Datasets", "Metrics", "Support", "TestFiles"]),
      .testTarget(name: "ComputeTests", dependencies: ["Compute", "CKernels"]),
      .testTarget(
        name: "ModelTests",
        dependencies: [
          "Compute", "Layers", "Models", "Methods", "Checkpoints", "Support", "TestFiles",
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
      .testTarget(name: "RecipesTests", dependencies: ["SparseGrad", "TestSupport"]),
    ],
  swiftLanguageModes: [.v6]
)
