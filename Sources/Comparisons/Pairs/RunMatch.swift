import Metrics
import Pictures
package import ResultStore
import Wording

/// What two runs have in common, by content: equal prompts, seeds and recipes but for their model. Models, tool
/// versions and machines may differ; those are what such a comparison is about.
package struct RunMatch {
  let entries: [Pairing.Entry]
  let prompts: [Pairing.PromptMatch]
  let seeds: [Seed]
  let notes: [Note]
  /// Why no picture of one run corresponds to any of the other; nil where some do.
  package let obstacle: String?

  package init(_ own: RunContents, _ other: RunContents) {
    let entries = own.variants.compactMap { variant in
      other.variants.first { $0.recipe.makesLike(variant.recipe) }.map {
        Pairing.Entry(variant: variant, reference: $0)
      }
    }
    // A text that occurs twice matches its first occurrence first.
    var known: [String: [PromptRecord]] = [:]
    for prompt in other.prompts.reversed() { known[prompt.text, default: []].append(prompt) }
    let prompts = own.prompts.compactMap { prompt in
      known[prompt.text]?.popLast().map { Pairing.PromptMatch(own: prompt, reference: $0) }
    }
    let seeds = own.seeds.filter(Set(other.seeds).contains)
    let differing = entries.isEmpty ? Self.differences(own, other) : []
    self.entries = entries
    self.prompts = prompts
    self.seeds = seeds
    let matched = Self.matched(own, other, entries, prompts)
    var notes = [
      Note(
        .matched,
        "\(NumberText.count(matched, "picture")) matched by prompt, seed, merging, steps and sampling")
    ]
    for contents in [own, other] {
      let lost = contents.samples.count - matched
      guard lost > 0 else { continue }
      notes.append(
        Note(
          .unmatched,
          "UNMATCHED: \(NumberText.count(lost, "picture")) of run '\(contents.run.name)' left out"))
    }
    if !differing.isEmpty {
      notes.append(
        Note(.incomparable, "nothing matches, as the runs differ in " + differing.joined(separator: ", ")))
    }
    self.notes = notes + Self.incomparable(own, other)
    obstacle =
      matched > 0
      ? nil
      : !differing.isEmpty
        ? "they differ in \(differing.joined(separator: ", "))"
        : entries.isEmpty
          ? "no variant of one is in the other"
          : prompts.isEmpty ? "no prompt is in both" : "no seed is in both"
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

  /// Of the runs' baselines, apart from what a comparison may be about.
  private static func differences(_ own: RunContents, _ other: RunContents) -> [String] {
    own.baselineRecipe.differences(from: other.baselineRecipe)
      .filter { $0.field != .model && $0.field != .steps }.map(\.description)
  }
}

extension PictureRecipe {
  /// Whether both make the same of a prompt and a seed, but for the model.
  fileprivate func makesLike(_ other: PictureRecipe) -> Bool {
    differences(from: other).allSatisfy { $0.field == .model }
  }
}

extension RunContents {
  /// Also of a run without a baseline.
  fileprivate var baselineRecipe: PictureRecipe {
    PictureRecipe(model: ModelReference(fingerprint: run.modelFingerprint), sampling: run.sampling)
  }
}
