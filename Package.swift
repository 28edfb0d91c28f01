// swift-tools-version: 6.0
import PackageDescription

// No unsafe flags anywhere: packages that depend on this one by version must be able to build it.
// oneDNN, OpenBLAS and libcrypto are therefore opened at run time (see Sources/COneDNN, CLAPACK and CCrypto).

/// Every module of the stack, lowest first, with what it may use.
let modules: [(name: String, uses: [Target.Dependency])] = [
  ("Support", ["CCrypto", "CFiles"]),
  ("Compute", ["Support", "CKernels", "COneDNN", "CLAPACK"]),
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
    .target(name: "CLAPACK"),
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
      .testTarget(name: "TokenizersTests", dependencies: ["Tokenizers", "Support"]),
      .testTarget(name: "CheckpointsTests", dependencies: ["Checkpoints", "Support"]),
      .testTarget(name: "DatasetsTests", dependencies: ["Datasets", "Metrics", "Support"]),
      .testTarget(name: "ComputeTests", dependencies: ["Compute", "CKernels"]),
      .testTarget(
        name: "ModelTests",
        dependencies: ["Compute", "Layers", "Models", "Methods", "Checkpoints", "Support"]),
      // Tiny models and data, and the built command, for the tests that train.
      .target(name: "TestSupport", dependencies: ["SparseGrad"], path: "Tests/TestSupport"),
      .testTarget(name: "TrainingTests", dependencies: ["SparseGrad", "TestSupport"]),
      .testTarget(name: "RecipesTests", dependencies: ["SparseGrad", "TestSupport"]),
    ],
  swiftLanguageModes: [.v6]
)
