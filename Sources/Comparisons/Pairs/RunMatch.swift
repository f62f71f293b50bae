import Metrics
import Pictures
package import ResultStore
import Wording

/// What two runs have in common: equal prompts, seeds and variants.
///
/// Variants of equal recipes belong together, whatever model they are for. Where the runs have none, those do that are
/// the same beside their own run's unmerged pictures: that one run has another precision, scheduler, guidance, size or
/// number of steps throughout is what such a comparison is about, and is said.
package struct RunMatch {
  let entries: [Pairing.Entry]
  let prompts: [Pairing.PromptMatch]
  let seeds: [Seed]
  let notes: [Note]
  /// Why no picture of one run corresponds to any of the other; nil where some do.
  package let obstacle: String?

  package init(_ own: RunContents, _ other: RunContents) {
    let equal = Self.entries(own, other) { $0.recipe.makesLike($1.recipe) }
    let entries = equal.isEmpty ? Self.entries(own, other) { $0.isAskedLike($1) } : equal
    // A text that occurs twice matches its first occurrence first.
    var known: [String: [PromptRecord]] = [:]
    for prompt in other.prompts.reversed() { known[prompt.text, default: []].append(prompt) }
    let prompts = own.prompts.compactMap { prompt in
      known[prompt.text]?.popLast().map { Pairing.PromptMatch(own: prompt, reference: $0) }
    }
    let seeds = own.seeds.filter(Set(other.seeds).contains)
    self.entries = entries
    self.prompts = prompts
    self.seeds = seeds
    let matched = Self.matched(own, other, entries, prompts)
    let differences = Self.differences(own, other, entries)
    let rule = differences.isEmpty ? "prompt, seed, merging, steps and sampling" : "prompt, seed and variant"
    var notes = [Note(.matched, "\(NumberText.count(matched, "picture")) matched by \(rule)")]
    if !differences.isEmpty {
      notes.append(Note(.differing, "the runs differ in: \(differences.joined(separator: "; "))"))
    }
    for contents in [own, other] {
      let lost = contents.samples.count - matched
      guard lost > 0 else { continue }
      notes.append(
        Note(
          .unmatched,
          "UNMATCHED: \(NumberText.count(lost, "picture")) of run '\(contents.run.name)' left out"))
    }
    self.notes = notes + Self.incomparable(own, other)
    obstacle =
      matched > 0
      ? nil
      : entries.isEmpty
        ? "no variant of one is in the other"
        : prompts.isEmpty ? "no prompt is in both" : "no seed is in both"
  }

  private static func entries(
    _ own: RunContents, _ other: RunContents, where belong: (VariantRecord, VariantRecord) -> Bool
  ) -> [Pairing.Entry] {
    own.variants.compactMap { variant in
      other.variants.first { belong(variant, $0) }.map { Pairing.Entry(variant: variant, reference: $0) }
    }
  }

  /// How many pictures of a run, made or not, have one in the other.
  private static func matched(
    _ own: RunContents, _ other: RunContents, _ entries: [Pairing.Entry], _ prompts: [Pairing.PromptMatch]
  ) -> Int {
    struct Picture: Hashable { let prompt: Int64, variant: Int64, seed: Seed }
    let theirs = Set(
      other.samples.map { Picture(prompt: $0.promptID, variant: $0.variantID, seed: $0.seed) })
    let variants = Dictionary(
      entries.map { ($0.variant.id, $0.reference?.id) }, uniquingKeysWith: { first, _ in first })
    let counterparts = Dictionary(
      prompts.map { ($0.own.id, $0.reference.id) }, uniquingKeysWith: { first, _ in first })
    return own.samples.count { sample in
      guard let variant = variants[sample.variantID] ?? nil, let prompt = counterparts[sample.promptID]
      else { return false }
      return theirs.contains(Picture(prompt: prompt, variant: variant, seed: sample.seed))
    }
  }

  /// What of two runs is not compared, whatever matches.
  private static func incomparable(_ own: RunContents, _ other: RunContents) -> [Note] {
    var notes: [Note] = []
    let hasTimes = own.executions.contains { first in
      other.executions.contains { first.hasComparableTimes(to: $0) }
    }
    if !hasTimes { notes.append(Note(.machines, "made on different machines: their times are not compared")) }
    for (kind, weights, scores) in [
      (Metric.Scorer.clip, "CLIP checkpoints", "CLIP scores are"),
      (.pick, "preference models", "PickScores are"),
      (.aesthetic, "aesthetic predictors", "aesthetic scores are"), (.lpips, "LPIPS weights", "LPIPS is"),
    ] {
      let (first, second) = (own.scorers.filter { $0.kind == kind }, other.scorers.filter { $0.kind == kind })
      let isShared = first.contains { scorer in second.contains { scorer.scoresLike($0) } }
      guard !first.isEmpty, !second.isEmpty, !isShared else { continue }
      notes.append(
        Note(.scorers, "the runs were scored by different \(weights): their \(scores) not compared"))
    }
    return notes
  }

  /// What tells the pictures that are compared apart, as in `precision fp32 / bf16`: each field once; of runs without a
  /// common variant, what tells their unmerged pictures apart.
  private static func differences(
    _ own: RunContents, _ other: RunContents, _ entries: [Pairing.Entry]
  ) -> [String] {
    let recipes = entries.compactMap { entry in entry.reference.map { (entry.variant.recipe, $0.recipe) } }
    var seen: Set<String> = []
    return (recipes.isEmpty ? [(own.baselineRecipe, other.baselineRecipe)] : recipes)
      .flatMap { $0.differences(from: $1) }
      .map { difference in
        guard difference.field == .model else {
          return "\(difference.field.rawValue) \(word(difference.own)) / \(word(difference.other))"
        }
        // Equal names tell nothing: what the model's weights are does.
        let isNamesake = own.run.modelName == other.run.modelName
        let names = [(own.run, difference.own), (other.run, difference.other)].map { run, id in
          isNamesake ? "\(run.modelName) (\((id ?? "").prefix(8)))" : run.modelName
        }
        return "model \(names[0]) / \(names[1])"
      }.filter { seen.insert($0).inserted }
  }

  private static func word(_ value: String?) -> String { value.map { $0.isEmpty ? "none" : $0 } ?? "none" }
}

extension PictureRecipe {
  /// Whether both make the same of a prompt and a seed, but for the model.
  fileprivate func makesLike(_ other: PictureRecipe) -> Bool {
    differences(from: other).allSatisfy { $0.field == .model }
  }
}

extension VariantRecord {
  /// Whether both are the same beside their own run's unmerged pictures.
  fileprivate func isAskedLike(_ other: VariantRecord) -> Bool {
    // Of a run without a second pass merging is that of the only one.
    let isSecondPassAlike =
      recipe.hiresMerging == other.recipe.hiresMerging
      || (recipe.otherHiresRatio == nil && other.recipe.otherHiresRatio == nil)
    return recipe.merging == other.recipe.merging && isSecondPassAlike && steps == other.steps
      && scheduler == other.scheduler && clipSkip == other.clipSkip
  }
}

extension RunContents {
  /// Also of a run without a baseline.
  fileprivate var baselineRecipe: PictureRecipe {
    PictureRecipe(model: ModelReference(fingerprint: run.modelFingerprint), sampling: run.sampling)
  }
}
