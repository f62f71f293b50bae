import Benchmarking
import StableDiffusion
import TokenMerging
import Wording

/// What `inspect` found, as text and as JSON.
struct InspectionSummary: Encodable {
  /// The tokens of some transformer blocks, and how many of them each ratio merges.
  struct Grid: Encodable {
    let maxDownsample: Int
    let width: Int
    let height: Int
    let blocks: Int
    let merged: [Int]
  }

  /// What a picture takes at a ratio.
  struct Cost: Encodable {
    /// Nil without merging.
    let ratio: Double?
    /// Of a step that merges, a guidance pair, and of all steps and the decoder.
    let stepOperations: Double
    let pictureOperations: Double
    let bytes: Int
  }

  let name: String
  let path: String
  let family: String?
  let origins: [String]
  let scheduler: String?
  let parts: [ModelInspection.Part]
  let notes: [String]
  let problems: [String]
  private(set) var width: Int?
  private(set) var height: Int?
  private(set) var steps: Int?
  private(set) var ratios: [Double] = []
  private(set) var grids: [Grid] = []
  private(set) var costs: [Cost] = []
  private(set) var decodingOperations: Double?
  /// Measured here, without merging.
  private(set) var secondsPerStep: Double?
  private(set) var secondsDecoding: Double?

  init(_ inspection: ModelInspection) {
    (name, path, family) = (inspection.name, inspection.path, inspection.family)
    (origins, scheduler, parts) = (inspection.origins, inspection.scheduler, inspection.parts)
    (notes, problems) = (inspection.notes, inspection.problems)
  }

  mutating func describePictures(
    of pipeline: DiffusionPipeline, width: Int, height: Int, steps: Int, _ options: [MergingOptions]
  ) {
    (self.width, self.height, self.steps) = (width, height, steps)
    ratios = options.map(\.ratio)
    grids = pipeline.attendingGrids(width: width, height: height).map { grid in
      Grid(
        maxDownsample: grid.downsample, width: grid.width, height: grid.height, blocks: grid.blocks,
        merged: options.map { $0.mergedCount(of: grid) })
    }
  }

  mutating func addCosts(of subject: BenchmarkSubject, _ options: [MergingOptions], threads: Int) throws {
    guard let width, let height, let steps else { return }
    func cost(_ part: BenchmarkPart, _ merging: MergingOptions? = nil) throws -> StageCost {
      try StageCost(
        BenchmarkCase(part: part, width: width, height: height, merging: merging), of: subject,
        threads: threads)
    }
    let (decoding, plain) = try (cost(.vae), cost(.unet))
    decodingOperations = decoding.operations
    costs = try ([nil] + options).map { option in
      let step = try option.map { try cost(.unet, $0) } ?? plain
      let merging = option?.steps.indices(of: steps).count ?? 0
      let stages = [step, decoding] + (merging < steps ? [plain] : [])
      return Cost(
        ratio: option?.ratio, stepOperations: step.operations,
        pictureOperations: Double(merging) * step.operations + Double(steps - merging) * plain.operations
          + decoding.operations, bytes: stages.map(\.bytes).max() ?? 0)
    }
  }

  mutating func addTime(of subject: BenchmarkSubject) throws {
    guard let width, let height else { return }
    secondsPerStep = try TimeEstimate.seconds(
      BenchmarkCase(part: .unet, width: width, height: height), of: subject)
    secondsDecoding = try TimeEstimate.seconds(
      BenchmarkCase(part: .vae, width: width, height: height), of: subject)
  }

  func text() -> String {
    var paragraphs = [heading.joined(separator: "\n"), weights]
    if !grids.isEmpty { paragraphs.append(merging) }
    if !costs.isEmpty { paragraphs.append(cost) }
    if !problems.isEmpty {
      paragraphs.append(problems.map { "problem: \(visible($0))" }.joined(separator: "\n"))
    }
    return paragraphs.joined(separator: "\n\n")
  }

  private var heading: [String] {
    ["\(name): \(family ?? "no model that makes pictures here")", path]
      + (scheduler.map { ["scheduler: \($0)"] } ?? []) + origins.map { "from \($0)" } + notes
  }

  private var weights: String {
    func millions(_ count: Int) -> String {
      count < 100_000
        ? NumberText.fixed(Double(count) / 1e3, 1) + " k" : NumberText.fixed(Double(count) / 1e6, 2) + " M"
    }
    let columns = [
      TextTable.Column(title: "part", isText: true), .init(title: "weights"), .init(title: "tensors"),
      .init(title: "stored"), .init(title: "types", isText: true),
    ]
    let rows = parts.flatMap { part in
      let types = part.types.sorted { $0.key < $1.key }
        .map { part.types.count == 1 ? $0.key : "\($0.key) \(millions($0.value))" }.joined(separator: ", ")
      return [[part.name, millions(part.weights), "\(part.tensors)", NumberText.bytes(part.bytes), types]]
        + part.blocks.map { ["  " + $0.name, millions($0.weights), "", "", ""] }
    }
    return TextTable(columns: columns, rows: rows).aligned()
  }

  private var merging: String {
    let columns =
      [TextTable.Column(title: "max_downsample"), .init(title: "tokens"), .init(title: "blocks")]
      + ratios.map { TextTable.Column(title: "merged at \(NumberText.ratio($0))") }
    let rows = grids.map { grid in
      ["\(grid.maxDownsample)", "\(grid.width)×\(grid.height)", "\(grid.blocks)"]
        + grid.merged.map { $0 == 0 ? "–" : "\($0)" }
    }
    return "where tokens merge, at \(width ?? 0)x\(height ?? 0):\n"
      + TextTable(columns: columns, rows: rows).aligned()
  }

  private var cost: String {
    let steps = Double(steps ?? 0)
    let columns = [
      TextTable.Column(title: "ratio"), .init(title: "TFLOP a step"), .init(title: "TFLOP a picture"),
      .init(title: "memory"),
    ]
    let rows = costs.map { cost in
      [
        cost.ratio.map(NumberText.ratio) ?? "none", NumberText.fixed(cost.stepOperations / 1e12, 3),
        NumberText.fixed(cost.pictureOperations / 1e12, 2), NumberText.bytes(cost.bytes),
      ]
    }
    var text =
      "what a picture costs, \(NumberText.count(Int(steps), "step")) with guidance:\n"
      + TextTable(columns: columns, rows: rows).aligned()
    if let secondsPerStep, let secondsDecoding {
      text +=
        "\nhere, without merging: \(NumberText.seconds(secondsPerStep)) s a step, "
        + "\(NumberText.seconds(secondsDecoding)) s to decode, about "
        + NumberText.duration(steps * secondsPerStep + secondsDecoding) + " a picture"
    }
    return text
  }
}
