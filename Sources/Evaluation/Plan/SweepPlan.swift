public import Foundation
public import PromptSets
public import ResultStore
public import TokenMerging

/// What a sweep makes: every prompt from every seed at every ratio, in every combination
/// of the axes' values.
public struct SweepPlan: Sendable {
  public let promptSet: PromptSet
  public let settings: RunSettings
  /// The baseline first, see ``VariantRecord/precedes(_:)``.
  public let variants: [VariantRecord]
  /// What the user should know: a ratio that was added, one that has no or less effect.
  public let notices: [String]

  /// - Parameters:
  ///   - merging: all options but the ratio.
  ///   - axes: what else varies; an axis takes the place of the option of its name.
  ///   - settings: its ratios and seeds are taken as asked for, repeated ones count once.
  ///     Its steps, or the most that an axis asks for, are the run's: the baseline is
  ///     ratio 0 with them, and is added where it is missing.
  ///   - latentSize: of the pictures' latents, which decides how much a ratio can merge.
  public init(
    promptSet: PromptSet, settings: RunSettings, merging: MergingOptions, axes: [SweepAxis] = [],
    latentSize: (width: Int, height: Int)
  ) throws(EvaluationError) {
    guard !promptSet.prompts.isEmpty else { throw .noPrompts }
    guard !settings.ratios.isEmpty else { throw .noRatios }
    guard !settings.seeds.isEmpty else { throw .noSeeds }
    if let seed = settings.seeds.first(where: { $0 < 0 }) { throw .seedOutOfRange(seed) }
    if let ratio = settings.ratios.first(where: { !(0...1).contains($0) }) { throw .ratioOutOfRange(ratio) }
    do { try merging.validate() } catch { throw .badMerging(error) }
    let points = try SweepAxis.product(axes, from: SweepPoint(merging: merging, steps: settings.steps))
    var notices: [String] = []
    if !settings.ratios.contains(0) {
      notices.append("ratio 0 was added: it is the baseline that every other ratio is compared with")
    }
    notices += Self.fixedOptions(points).map { [$0] } ?? []
    var settings = settings
    settings.steps = points.map(\.steps).max() ?? settings.steps
    var corners: Set<SweepPoint> = [SweepPoint(merging: merging.with(ratio: 0), steps: settings.steps)]
    for point in points {
      for ratio in settings.ratios {
        // Without merging, how to merge makes no difference.
        let options = ratio == 0 ? merging.with(ratio: 0) : point.merging.with(ratio: ratio).inForce
        corners.insert(SweepPoint(merging: options, steps: point.steps))
      }
    }
    settings.ratios = Set(settings.ratios + [0]).sorted()
    settings.seeds = settings.seeds.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    let ownSteps = settings.steps
    let variants = corners.map { corner in
      VariantRecord(
        options: corner.merging, steps: corner.steps == ownSteps ? nil : corner.steps,
        effectiveRatio: corner.merging.effectiveRatio(
          latentWidth: latentSize.width, latentHeight: latentSize.height))
    }.sorted { $0.precedes($1) }
    for variant in variants where variant.ratio > 0 {
      notices += Self.notice(variant, latentSize: latentSize).map { [$0] } ?? []
    }
    self.promptSet = promptSet
    self.settings = settings
    self.variants = variants
    self.notices = notices
  }

  /// What is said when a merging rule overrules options that were asked for.
  private static func fixedOptions(_ points: [SweepPoint]) -> String? {
    let overruled = points.map(\.merging).contains { $0.variant == .comfyui && $0.inForce != $0 }
    return overruled
      ? "comfyui merges self-attention's queries in 2x2 cells at the latents' own resolution, whatever other "
        + "merging options say" : nil
  }

  private static func notice(_ variant: VariantRecord, latentSize: (width: Int, height: Int)) -> String? {
    let options = variant.options
    if !options.mergeAttn && !options.mergeCrossattn && !options.mergeMlp {
      return "\(variant.title) merges nothing: merging is off for attention, cross-attention and MLP"
    }
    if options.mergedCount(gridWidth: latentSize.width, gridHeight: latentSize.height) == 0 {
      return "\(variant.title) merges nothing at this size, with cells of \(options.sx)x\(options.sy)"
    }
    guard variant.effectiveRatio < options.ratio else { return nil }
    return "\(variant.title) acts as \(ratioText(variant.effectiveRatio)): one token of each "
      + "\(options.sx)x\(options.sy) cell is always kept"
  }

  public var sampleCount: Int { promptSet.prompts.count * variants.count * settings.seeds.count }

  var promptRecords: [PromptRecord] {
    promptSet.prompts.map { prompt in
      PromptRecord(
        row: prompt.row, text: prompt.text, category: prompt.category, challenge: prompt.challenge,
        subset: prompt.subset)
    }
  }

  /// The run that the plan makes on this machine, to begin in a store.
  public func run(
    model: ModelIdentity, clip: ModelIdentity?, commandLine: String, toolVersion: String, created: Date
  ) -> RunRecord {
    struct Asked: Encodable {
      let model: String
      let clip: String?
      let settings: RunSettings
      let merging: [MergingOptions]
      /// Of every variant; nil, and not written, when no steps but the run's own occur.
      let steps: [Int?]?
      let prompts: [Prompt]
    }
    let key = contentHash(
      of: Asked(
        model: model.fingerprint, clip: clip?.fingerprint, settings: settings,
        merging: variants.map(\.options),
        steps: variants.contains { $0.steps != nil } ? variants.map(\.steps) : nil, prompts: promptSet.prompts
      ))
    return RunRecord(
      key: key, name: "\(model.name)-\(key.prefix(8))", created: created, commandLine: commandLine,
      toolVersion: toolVersion, modelName: model.name, modelFingerprint: model.fingerprint,
      modelNote: model.note, clipName: clip?.name, clipFingerprint: clip?.fingerprint, settings: settings,
      machine: .current)
  }
}

extension MergingOptions {
  /// The same options at another ratio.
  fileprivate func with(ratio: Double) -> MergingOptions {
    var options = self
    options.ratio = ratio
    return options
  }
}
