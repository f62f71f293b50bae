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
  .systemLibrary(
    name: "CTurboJPEG", pkgConfig: "libturbojpeg",
    providers: [.apt(["libturbojpeg0-dev"]), .brew(["jpeg-turbo"])]),
  .systemLibrary(
    name: "CWebP", pkgConfig: "libwebpdemux",
    providers: [.apt(["libwebp-dev"]), .brew(["webp"])]),
  .target(name: "Wording"),
  .target(name: "Files"),
  .target(name: "CPNG", dependencies: ["CLibPNG"]),
  .target(
    name: "CKernels",
    linkerSettings: [.linkedLibrary("m", .when(platforms: [.linux]))]),
  .target(name: "Digests", dependencies: ["CKernels"]),
  .target(name: "Tensors", dependencies: ["CKernels"]),
  .target(name: "Checkpoints", dependencies: ["Tensors", "Digests", "Files"]),
  .target(name: "CheckpointForms", dependencies: ["Tensors", "Checkpoints", "Digests"]),
  .target(name: "Layers", dependencies: ["Tensors", "Checkpoints"]),
  .target(name: "Images", dependencies: ["CPNG", "Files", "CTurboJPEG", "CWebP"]),
  .target(name: "CLIPModels", dependencies: ["Tensors", "Checkpoints", "Layers", "Images"]),
  .target(name: "PerceptualModels", dependencies: ["Tensors", "Checkpoints", "Layers", "Images"]),
  .target(name: "TokenMerging", dependencies: ["Tensors", "CKernels"]),
  .target(name: "SamplerNames", dependencies: ["Wording"]),
  .target(name: "Workflows"),
  .target(
    name: "StableDiffusion",
    dependencies: [
      "Tensors", "Checkpoints", "Layers", "CLIPModels", "TokenMerging", "SamplerNames", "Images",
    ]),
  .target(name: "Statistics"),
  .target(name: "Metrics", dependencies: ["Images", "Tensors", "Statistics"]),
  .target(name: "Machine", dependencies: ["Tensors"]),
  .target(
    name: "Pictures",
    dependencies: ["TokenMerging", "SamplerNames", "Images", "Digests", "Files", "Wording"]),
  .target(
    name: "ResultStore",
    dependencies: [
      "Pictures", "TokenMerging", "Metrics", "Machine", "Files", "Wording",
      .product(name: "GRDB", package: "GRDB.swift"),
    ]),
  .target(
    name: "PromptSets", dependencies: ["Files"], path: "Prompts", exclude: ["README.md"],
    resources: [.embedInCode("parti-subset.tsv")]),
  .target(
    name: "Importing",
    dependencies: [
      "Pictures", "PromptSets", "TokenMerging", "SamplerNames", "Workflows", "Images", "Digests", "Files",
      "Wording",
    ]),
  .target(
    name: "Engines",
    dependencies: [
      "Pictures", "ResultStore", "StableDiffusion", "Checkpoints", "TokenMerging", "SamplerNames",
      "Workflows",
      "Tensors", "Images", "Machine", "Statistics", "Digests", "Files", "Wording",
    ],
    resources: [.embedInCode("Worker/diffusers_worker.py")]),
  .target(
    name: "Scoring",
    dependencies: [
      "Pictures", "ResultStore", "CLIPModels", "PerceptualModels", "Checkpoints", "Images", "Metrics",
      "Machine",
      "Digests", "Tensors",
    ]),
  .target(
    name: "Evaluation",
    dependencies: [
      "PromptSets", "Pictures", "ResultStore", "Engines", "Scoring", "TokenMerging", "Tensors", "Images",
      "Machine", "Statistics", "Digests", "Files", "Wording", "SamplerNames", "Importing",
    ]),
  .target(
    name: "Comparisons",
    dependencies: ["ResultStore", "Statistics", "Metrics", "Pictures", "Images", "TokenMerging", "Wording"]),
  .target(name: "PictureFiles", dependencies: ["ResultStore", "Pictures", "Images", "Files", "Wording"]),
  .target(
    name: "Reporting",
    dependencies: [
      "Comparisons", "PictureFiles", "ResultStore", "Statistics", "Images", "Metrics", "Machine", "Pictures",
      "TokenMerging", "Files", "Wording",
      .product(name: "Mustache", package: "swift-mustache"),
    ],
    resources: [
      "templates/contact-sheet.mustache", "templates/ratios.mustache", "templates/chart.mustache",
      "templates/prompts.mustache", "templates/groups.mustache", "templates/tools.mustache",
      "templates/maps.mustache", "templates/kinds.mustache", "templates/similarity.mustache",
      "templates/explained.mustache",
      "templates/rows.mustache", "templates/margin.mustache", "templates/viewer.mustache",
      "templates/keys.mustache", "templates/vote.mustache", "templates/selection.mustache",
      "templates/method.mustache",
      "styles/contact-sheet.css", "styles/charts.css", "styles/sheet.css", "styles/columns.css",
      "styles/damage.css",
      "styles/viewer.css", "styles/scrub.css", "styles/making.css", "styles/dialogs.css", "styles/print.css",
      "scripts/page/memory.js", "scripts/page/say.js", "scripts/page/save.js", "scripts/page/cells.js",
      "scripts/page/copy.js", "scripts/page/address.js", "scripts/sheet/sheet.js",
      "scripts/sheet/columns.js", "scripts/sheet/kinds.js", "scripts/sheet/pin.js", "scripts/viewer/heat.js",
      "scripts/viewer/pixels.js", "scripts/viewer/blink.js", "scripts/viewer/scrub.js",
      "scripts/viewer/zoom.js", "scripts/viewer/mix.js", "scripts/viewer/place.js",
      "scripts/viewer/captions.js", "scripts/viewer/explained.js", "scripts/viewer/tokens.js",
      "scripts/viewer/film.js", "scripts/selection/stars.js", "scripts/selection/markdown.js",
      "scripts/selection/picture-sheet.js", "scripts/selection/small-page.js",
      "scripts/selection/selection.js", "scripts/votes/noticed.js", "scripts/votes/survival.js",
      "scripts/votes/rounds.js", "scripts/votes/votes.js", "scripts/votes/vote-dialog.js",
      "scripts/viewer/viewer-keys.js", "scripts/viewer/viewer.js", "scripts/sheet/sheet-keys.js",
      "scripts/sheet/prompts.js", "scripts/sheet/margin.js", "scripts/sheet/charts.js",
      "scripts/sheet/ratio-cards.js",
      "scripts/page/start.js",
    ].map { .embedInCode("Resources/\($0)") }),
  .target(
    name: "Benchmarking",
    dependencies: [
      "StableDiffusion", "CLIPModels", "Checkpoints", "CheckpointForms", "TokenMerging", "SamplerNames",
      "Tensors",
      "Images", "Pictures", "Statistics", "Comparisons", "Machine", "Files", "Wording",
    ],
    resources: [.embedInCode("Peers/peer_turn.py")]),
  .target(name: "DemoCheckpoint", resources: [.copy("checkpoint")]),
  .executableTarget(
    name: "tome-eval",
    dependencies: [
      "Evaluation", "Engines", "Scoring", "Pictures", "PictureFiles", "Comparisons", "Reporting",
      "Statistics",
      "ResultStore", "DemoCheckpoint", "StableDiffusion", "CLIPModels", "PerceptualModels", "Checkpoints",
      "TokenMerging", "Tensors", "Images", "Metrics", "PromptSets", "Benchmarking", "Machine", "Files",
      "Wording", "SamplerNames", "CheckpointForms", "Importing",
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
  .target(
    name: "SyntheticRuns",
    dependencies: [
      "Digests", "Images", "Machine", "Metrics", "Pictures", "ResultStore", "Statistics", "TokenMerging",
    ],
    path: "Tests/SyntheticRuns"),
]

// Every test may use everything: they are one program.
let libraries = targets.filter { $0.type == .regular }.map(\.name)
targets += [
  "Files", "Digests", "Wording", "Tensors", "Checkpoints", "Images", "CLIPModels", "PerceptualModels",
  "TokenMerging", "StableDiffusion", "Metrics", "Statistics", "Pictures", "ResultStore", "PromptSets",
  "Evaluation", "Comparisons", "PictureFiles", "Reporting", "Benchmarking", "CommandLine", "SamplerNames",
  "CheckpointForms", "Importing", "Workflows", "Engines", "Library",
].map { name in
  .testTarget(
    name: "\(name)Tests",
    dependencies: (libraries + (name == "CommandLine" ? ["tome-eval"] : [])).map { .init(stringLiteral: $0) },
    // The examples of the libraries' documentation use what other packages can.
    packageAccess: name != "Library")
}

targets.append(
  .testTarget(
    name: "FuzzingTests", dependencies: libraries.map { .init(stringLiteral: $0) }, path: "Tests/Fuzzing",
    exclude: ["corpora", "dictionaries"]))

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
  products: [
    .executable(name: "tome-eval", targets: ["tome-eval"]),
    // Each with the targets whose types its own interface names.
    .library(
      name: "StableDiffusion",
      targets: [
        "StableDiffusion", "CLIPModels", "Checkpoints", "Images", "SamplerNames", "Tensors", "TokenMerging",
      ]),
    .library(name: "TokenMerging", targets: ["TokenMerging", "Tensors"]),
    .library(name: "Checkpoints", targets: ["Checkpoints", "Tensors"]),
    .library(name: "Metrics", targets: ["Metrics", "Images"]),
    .library(name: "Statistics", targets: ["Statistics"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.0"),
  ],
  targets: targets
)

// Who builds the documentation of the libraries asks for what makes it: make documentation.
if Context.environment["TOME_EVAL_DOCUMENTATION"] != nil {
  package.dependencies.append(.package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"))
}
