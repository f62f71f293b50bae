public import Foundation
public import PromptSets
public import ResultStore
public import TokenMerging

/// What a sweep makes: every prompt at every ratio from every seed.
public struct SweepPlan: Sendable {
  public let promptSet: PromptSet
  public let settings: RunSettings
  /// The baseline first, then by rising ratio.
  public let variants: [VariantRecord]
  /// What the user should know: a ratio that was added, one that has no or less effect.
  public let notices: [String]

  /// - Parameters:
  ///   - merging: all options but the ratio.
  ///   - settings: its ratios and seeds are taken as asked for; 0 is added to the ratios
  ///     where it is missing, repeated ones count once.
  ///   - latentSize: of the pictures' latents, which decides how much a ratio can merge.
  public init(
    promptSet: PromptSet, settings: RunSettings, merging: MergingOptions,
    latentSize: (width: Int, height: Int)
  ) throws(EvaluationError) {
    guard !promptSet.prompts.isEmpty else { throw .noPrompts }
    guard !settings.ratios.isEmpty else { throw .noRatios }
    guard !settings.seeds.isEmpty else { throw .noSeeds }
    if let seed = settings.seeds.first(where: { $0 < 0 }) { throw .seedOutOfRange(seed) }
    if let ratio = settings.ratios.first(where: { !(0...1).contains($0) }) { throw .ratioOutOfRange(ratio) }
    do { try merging.validate() } catch { throw .badMerging(error) }
    var notices: [String] = []
    if !settings.ratios.contains(0) {
      notices.append("ratio 0 was added: it is the baseline that every other ratio is compared with")
    }
    var settings = settings
    settings.ratios = Set(settings.ratios + [0]).sorted()
    settings.seeds = settings.seeds.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    variants = settings.ratios.map { ratio in
      var options = merging
      options.ratio = ratio
      let effective = options.effectiveRatio(latentWidth: latentSize.width, latentHeight: latentSize.height)
      let isBaseline = ratio == 0
      if !isBaseline {
        notices += Self.notice(options, effective: effective, latentSize: latentSize).map { [$0] } ?? []
      }
      return VariantRecord(
        ratio: ratio, effectiveRatio: effective, options: options, isBaseline: isBaseline)
    }
    self.promptSet = promptSet
    self.settings = settings
    self.notices = notices
  }

  private static func notice(
    _ options: MergingOptions, effective: Double, latentSize: (width: Int, height: Int)
  ) -> String? {
    let ratio = ratioText(options.ratio)
    if !options.mergeAttn && !options.mergeCrossattn && !options.mergeMlp {
      return "ratio \(ratio) merges nothing: merging is off for attention, cross-attention and MLP"
    }
    if options.mergedCount(gridWidth: latentSize.width, gridHeight: latentSize.height) == 0 {
      return "ratio \(ratio) merges nothing at this size, with cells of \(options.sx)x\(options.sy)"
    }
    guard effective < options.ratio else { return nil }
    return "ratio \(ratio) acts as \(ratioText(effective)): one token of each "
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
      let prompts: [Prompt]
    }
    let key = contentHash(
      of: Asked(
        model: model.fingerprint, clip: clip?.fingerprint, settings: settings,
        merging: variants.map(\.options), prompts: promptSet.prompts))
    return RunRecord(
      key: key, name: "\(model.name)-\(key.prefix(8))", created: created, commandLine: commandLine,
      toolVersion: toolVersion, modelName: model.name, modelFingerprint: model.fingerprint,
      modelNote: model.note, clipName: clip?.name, clipFingerprint: clip?.fingerprint, settings: settings,
      machine: .current)
  }
}

/// A ratio as people write it: 0, 0.5, 0.75.
public func ratioText(_ ratio: Double) -> String {
  let rounded = (ratio * 10_000).rounded() / 10_000
  return Int(exactly: rounded).map { "\($0)" } ?? "\(rounded)"
}
