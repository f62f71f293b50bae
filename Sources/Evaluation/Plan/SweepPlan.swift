public import Engines
public import Foundation
public import Pictures
public import PromptSets
public import ResultStore
public import TokenMerging
import Wording

/// What a sweep makes: every prompt from every seed at every ratio, in every combination
/// of the axes' values.
public struct SweepPlan: Sendable {
  /// Every text once.
  public let promptSet: PromptSet
  public let model: ModelIdentity
  /// How the baseline is sampled: with the most steps, and the first scheduler and clip skip that axes ask for.
  public let sampling: Sampling
  /// In the order they were asked for, each once.
  public let seeds: [Seed]
  /// The baseline first, see ``VariantRecord/precedes(_:)``.
  public let variants: [VariantRecord]
  /// What the user should know: a ratio that was added, one that has no or less effect.
  public let notices: [String]

  /// The plan for an engine: what was not asked for follows from its model.
  ///
  /// - Parameters:
  ///   - merging: all options but the ratio.
  ///   - axes: what else varies; an axis takes the place of the option of its name.
  ///   - ratios: repeated ones count once; ratio 0 is added where it is missing.
  ///   - factors: of ToDo, which then takes these instead of the ratios.
  /// - Throws: ``EvaluationError``, or `EngineError` when the engine cannot make such pictures.
  public init(
    promptSet: PromptSet, engine: any PictureEngine, wish: SamplingWish, merging: MergingOptions,
    axes: [SweepAxis] = [], ratios: [Double], factors: [Double] = [], seeds: [Seed]
  ) throws {
    try self.init(
      promptSet: promptSet, model: engine.model, sampling: engine.resolve(wish), merging: merging, axes: axes,
      ratios: ratios, factors: factors, seeds: seeds, grids: engine.attendingGrids, hasPair: engine.hasPair)
    for variant in variants { try engine.validate(variant.recipe) }
    try check(promptSet.prompts, by: engine)
  }

  /// Before anything is computed: pictures of some of the prompts alone are not what was asked for.
  private func check(_ prompts: [Prompt], by engine: any PictureEngine) throws(EvaluationError) {
    let problems = prompts.enumerated().compactMap { index, prompt -> (Int, EngineError)? in
      do throws(EngineError) { try engine.check(prompt: prompt.text, sampling: sampling) } catch {
        return (index, error)
      }
      return nil
    }
    guard let (index, error) = problems.first else { return }
    throw .badPrompt(
      number: index + 1, of: prompts.count, text: prompts[index].text, others: problems.count - 1, error)
  }

  /// - Parameters:
  ///   - grids: of the tokens in a model that draws so, see `PictureEngine.attendingGrids`
  ///   - hasPair: see `PictureEngine.hasPair`
  init(
    promptSet: PromptSet, model: ModelIdentity, sampling: Sampling, merging: MergingOptions,
    axes: [SweepAxis] = [], ratios: [Double], factors: [Double] = [], seeds: [Seed],
    grids: (Sampling) -> [TokenGrid],
    hasPair: (Sampling) -> Bool = { ($0.guidanceScale ?? 0) > 1 }
  ) throws(EvaluationError) {
    guard !promptSet.prompts.isEmpty else { throw .noPrompts }
    guard !ratios.isEmpty else { throw .noRatios }
    guard !seeds.isEmpty else { throw .noSeeds }
    if let ratio = ratios.first(where: { !(0...1).contains($0) }) { throw .ratioOutOfRange(ratio) }
    do { try merging.validate() } catch { throw .badMerging(error) }
    if let factor = factors.first(where: { !MergingOptions.factors.contains($0) }) {
      throw .factorOutOfRange(factor)
    }
    guard let steps = sampling.steps else { preconditionFailure("an engine settles the number of steps") }
    let points = try SweepAxis.product(
      axes,
      from: SweepPoint(
        merging: merging, steps: steps, scheduler: sampling.scheduler, clipSkip: sampling.clipSkip))
    guard sampling.hires != nil || !points.contains(where: { $0.hiresRatio != nil }) else {
      throw .hiresRatioWithoutPass
    }
    guard factors.isEmpty || points.contains(where: { $0.merging.variant == .todo }) else {
      throw .factorWithoutToDo
    }
    var notices: [String] = []
    let distinct = promptSet.distinct
    let repetitions = promptSet.prompts.count - distinct.prompts.count
    if repetitions > 0 {
      notices.append(
        "\(NumberText.count(repetitions, "prompt")) left out, the same word for word as an earlier one: "
          + "equal prompts have equal pictures, and count once")
    }
    if !ratios.contains(0) {
      notices.append("ratio 0 was added: it is the baseline that every other ratio is compared with")
    }
    notices += MergingNotice.overruled(points.map(\.merging)).map { [$0] } ?? []
    var baseline = sampling
    baseline.steps = points.map(\.steps).max() ?? steps
    if let first = points.first {
      (baseline.scheduler, baseline.clipSkip) = (first.scheduler, first.clipSkip)
    }
    let reference = model.reference
    var recipes: Set<PictureRecipe> = [PictureRecipe(model: reference, sampling: baseline)]
    for point in points {
      let isThinned = point.merging.variant == .todo && !factors.isEmpty
      for ratio in isThinned ? factors.map(MergingOptions.ratio(factor:)) : ratios {
        var own = sampling
        (own.steps, own.scheduler, own.clipSkip) = (point.steps, point.scheduler, point.clipSkip)
        let second = own.hires == nil ? nil : point.merging.applied(ratio: point.hiresRatio ?? ratio)
        recipes.insert(
          PictureRecipe(
            model: reference, sampling: own, merging: point.merging.applied(ratio: ratio),
            hiresMerging: second))
      }
    }
    var variants = recipes.map { recipe in
      VariantRecord(
        recipe: recipe, baseline: baseline,
        effectiveRatio: recipe.effectiveRatio(over: grids))
    }.sorted { $0.precedes($1) }
    variants.tellApart()
    for variant in variants {
      notices += MergingNotice.of(variant, grids: grids(variant.recipe.sampling)).map { [$0] } ?? []
    }
    let merging = variants.filter { $0.effectiveRatio > 0 }.map(\.recipe)
    notices += MergingNotice.unpaired(merging, hasPair: hasPair).map { [$0] } ?? []
    for notice in Set(variants.compactMap { HiresNotice.of($0.recipe.sampling) }).sorted() {
      notices.append(notice)
    }
    self.promptSet = distinct
    self.variants = variants
    self.model = model
    self.sampling = baseline
    self.seeds = seeds.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    self.notices = notices
  }

  public var sampleCount: Int { promptSet.prompts.count * variants.count * seeds.count }

  var promptRecords: [PromptRecord] {
    promptSet.prompts.enumerated().map { position, prompt in
      PromptRecord(
        position: position, row: prompt.row, text: prompt.text, category: prompt.category,
        challenge: prompt.challenge, subset: prompt.subset)
    }
  }

  /// The run that the plan makes, to begin in a store.
  public func run(created: Date) -> RunRecord {
    let key = RunRecord.key(recipes: variants.map(\.recipe), prompts: promptRecords, seeds: seeds)
    return RunRecord(
      key: key, name: "\(model.name)-\(key.prefix(8))", created: created, model: model, sampling: sampling,
      promptSet: promptSet.name)
  }
}

extension MergingOptions {
  /// These options at a ratio, as they are in force; nil at ratio 0, where nothing merges and how makes no
  /// difference.
  public func applied(ratio: Double) -> MergingOptions? {
    guard ratio > 0 else { return nil }
    var options = self
    options.ratio = ratio
    return options.inForce
  }
}
