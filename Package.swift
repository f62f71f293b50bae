// swift-tools-version: 6.2
import PackageDescription

// Every target is one station of the data's way from a prompt to the report;
// a target imports only what stands above it here.
var targets: [Target] = [
  .systemLibrary(
    name: "COpenBLAS", pkgConfig: "openblas",
    providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]),
  .systemLibrary(
    name: "CLibPNG", pkgConfig: "libpng",
    providers: [.apt(["libpng-dev"]), .brew(["libpng"])]),
  .target(name: "CPNG", dependencies: ["CLibPNG"]),
  .target(
    name: "CKernels",
    linkerSettings: [.linkedLibrary("m", .when(platforms: [.linux]))]),
  .target(name: "Tensors", dependencies: ["CKernels"]),
  .target(name: "Checkpoints", dependencies: ["Tensors", "CKernels"]),
  .target(name: "Layers", dependencies: ["Tensors", "Checkpoints"]),
  .target(name: "Images", dependencies: ["CPNG"]),
  .target(name: "CLIPModels", dependencies: ["Tensors", "Checkpoints", "Layers", "Images"]),
  .target(name: "PerceptualModels", dependencies: ["Tensors", "Checkpoints", "Layers", "Images"]),
  .target(name: "TokenMerging", dependencies: ["Tensors", "CKernels"]),
  .target(
    name: "StableDiffusion",
    dependencies: ["Tensors", "Checkpoints", "Layers", "CLIPModels", "TokenMerging", "Images"]),
  .target(name: "Metrics", dependencies: ["Images"]),
  .target(name: "Statistics"),
  .target(name: "ResultStore", dependencies: [.product(name: "GRDB", package: "GRDB.swift")]),
  .target(
    name: "PromptSets", path: "Prompts", exclude: ["README.md"],
    resources: [.embedInCode("parti-subset.tsv")]),
  .target(
    name: "Evaluation",
    dependencies: [
      "StableDiffusion", "CLIPModels", "PerceptualModels", "Checkpoints", "TokenMerging", "Tensors",
      "Images", "Metrics", "ResultStore", "PromptSets",
    ]),
  .target(
    name: "Reporting",
    dependencies: [
      "ResultStore", "Statistics", "Images", "Metrics",
      .product(name: "Mustache", package: "swift-mustache"),
    ],
    resources: [
      "templates/contact-sheet.mustache", "templates/ratios.mustache", "templates/chart.mustache",
      "templates/prompts.mustache", "templates/groups.mustache", "templates/tools.mustache",
      "templates/rows.mustache", "templates/viewer.mustache", "templates/method.mustache",
      "styles/contact-sheet.css", "styles/charts.css", "styles/sheet.css", "styles/viewer.css",
      "styles/print.css",
      "scripts/address.js", "scripts/sheet.js", "scripts/zoom.js", "scripts/mix.js", "scripts/place.js",
      "scripts/viewer.js", "scripts/start.js",
    ].map { .embedInCode("Resources/\($0)") }),
  .target(
    name: "Benchmarking",
    dependencies: [
      "StableDiffusion", "CLIPModels", "Checkpoints", "TokenMerging", "Tensors", "Images", "Statistics",
      "ResultStore", "Evaluation", "Reporting",
    ]),
  .target(name: "DemoCheckpoint", resources: [.copy("checkpoint")]),
  .executableTarget(
    name: "tome-eval",
    dependencies: [
      "Evaluation", "Reporting", "Statistics", "ResultStore", "DemoCheckpoint",
      "StableDiffusion", "CLIPModels", "PerceptualModels", "Checkpoints", "TokenMerging", "Tensors",
      "Images", "Metrics", "PromptSets", "Benchmarking",
      .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ]),
  .executableTarget(
    name: "statistics-simulation", dependencies: ["Statistics"], path: "Benchmarks/StatisticsSimulation"),
  .executableTarget(
    name: "kernel-speed", dependencies: ["COpenBLAS", "Tensors", "Checkpoints", "Layers", "Statistics"],
    path: "Benchmarks/KernelSpeed"),
  .target(
    name: "ReferenceFixtures", dependencies: ["Tensors", "Checkpoints"],
    path: "Tests/ReferenceFixtures"),
]

let tested = [
  "Tensors", "Checkpoints", "Images", "CLIPModels", "PerceptualModels", "TokenMerging", "StableDiffusion",
  "Metrics", "Statistics", "ResultStore", "PromptSets", "Evaluation", "Reporting",
  "Benchmarking",
]
let alsoNeeded = [
  "Benchmarking": ["Statistics", "Evaluation", "ResultStore", "StableDiffusion", "TokenMerging"],
  "Evaluation": [
    "DemoCheckpoint", "ResultStore", "PromptSets", "TokenMerging", "StableDiffusion", "PerceptualModels",
  ],
  "Reporting": ["Metrics", "ResultStore", "Statistics"],
]
targets += tested.map { name in
  .testTarget(
    name: "\(name)Tests",
    dependencies: Set(
      [name, "Tensors", "Checkpoints", "ReferenceFixtures", "Images"] + alsoNeeded[name, default: []]
    ).sorted().map {
      .init(stringLiteral: $0)
    })
}
targets.append(
  .testTarget(
    name: "CommandLineTests",
    dependencies: [
      "tome-eval", "Images", "ResultStore", "ReferenceFixtures", "DemoCheckpoint", "Benchmarking",
      "Evaluation",
      "StableDiffusion", "TokenMerging",
    ]))

for target in targets where target.type != .system {
  target.swiftSettings = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
  ]
}

let package = Package(
  name: "tome-eval",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "tome-eval", targets: ["tome-eval"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.0"),
  ],
  targets: targets
)
