import Foundation
import Pictures
import TokenMerging
import Wording

/// Which pictures make which runs, and why others make none.
///
/// A merged picture is compared with the unmerged one of the same prompt, seed, size, steps, scheduler, guidance and
/// model; what has no such partner tells nothing, and is left out.
public struct ImportPlan: Sendable {
  /// The one with the most pictures last.
  public let runs: [ImportedRun]
  public let problems: [ImportProblem]

  /// What pictures have in common that are compared.
  private struct Group: Hashable {
    let model: ModelIdentity
    let sampling: Sampling
  }

  private struct Place: Hashable {
    let prompt: String
    let seed: Seed
  }

  private struct Candidate {
    let group: Group
    let place: Place
    let recipe: PictureRecipe
    let file: ReadPicture
  }

  /// - Parameter defaults: what is meant where nothing says so
  public init(_ pictures: [ReadPicture], defaults: PictureFacts = PictureFacts()) {
    var problems: [ImportProblem] = []
    let candidates = pictures.compactMap { Self.candidate($0, defaults, &problems) }
    let distinct = Self.withoutRepetitions(candidates, &problems)
    let baselines = Dictionary(grouping: distinct.filter { !$0.recipe.merges }, by: \.place.prompt)
    var runs: [ImportedRun] = []
    for (group, members) in Dictionary(grouping: distinct, by: \.group) {
      let (own, merged) = (
        Set(members.filter { !$0.recipe.merges }.map(\.place)),
        Set(members.filter { $0.recipe.merges }.map(\.place))
      )
      for lonely in members where lonely.recipe.merges && !own.contains(lonely.place) {
        problems.append(Self.withoutBaseline(lonely, baselines[lonely.place.prompt, default: []]))
      }
      let unused = own.subtracting(merged).count
      if unused > 0, let first = members.first(where: { !$0.recipe.merges && !merged.contains($0.place) }) {
        problems.append(
          first.file.name.problem(
            "\(unused == 1 ? "an unmerged picture" : "one of \(unused) unmerged pictures") without a merged one"
          ))
      }
      let both = own.intersection(merged)
      if !both.isEmpty {
        runs.append(Self.run(group, members.filter { both.contains($0.place) }, defaults))
      }
    }
    self.runs = runs.sorted { ($0.pictures.count, $0.model.name) < ($1.pictures.count, $1.model.name) }
    self.problems = problems
  }

  private static func candidate(
    _ file: ReadPicture, _ defaults: PictureFacts, _ problems: inout [ImportProblem]
  ) -> Candidate? {
    var facts = file.facts
    facts.fill(from: defaults)
    for contradiction in file.contradictions {
      problems.append(file.name.problem("said to have \(contradiction) as its file says", kind: .noted))
    }
    let missing = [
      ("prompt", facts.prompt == nil), ("seed", facts.seed == nil), ("ratio", facts.ratio == nil),
    ].filter(\.1).map(\.0)
    guard missing.isEmpty, let prompt = facts.prompt, let seed = facts.seed, let ratio = facts.ratio else {
      problems.append(
        file.name.problem(
          "nothing says its \(missing.joined(separator: " and ")); a manifest or --layout can"))
      return nil
    }
    let merging = facts.merging(ratio)
    if let reason = impossibility(facts, merging) {
      problems.append(file.name.problem(reason))
      return nil
    }
    if let said = facts.size, said != file.size, said.isPlain(facts) {
      problems.append(file.name.problem("it is \(file.size), and said to be \(said)"))
      return nil
    }
    let hires = facts.hires(of: file.size)
    let size = hires == nil ? file.size : facts.size ?? file.size
    let sampling = Sampling(
      steps: facts.steps, guidanceScale: facts.guidanceScale, negativePrompt: facts.negativePrompt ?? "",
      width: size.width, height: size.height, scheduler: facts.scheduler ?? .unknown,
      attention: .unknown, precision: facts.precision ?? .unknown,
      clipSkip: facts.clipSkip == 0 ? nil : facts.clipSkip, hires: hires)
    return Candidate(
      group: Group(model: facts.model, sampling: sampling), place: Place(prompt: prompt, seed: seed),
      recipe: PictureRecipe(
        model: facts.model.reference, sampling: sampling, merging: merging,
        hiresMerging: hires == nil ? nil : facts.merging(facts.hiresRatio ?? ratio)),
      file: file)
  }

  /// What no picture can have been made with, and no store takes; nil where all is possible.
  private static func impossibility(_ facts: PictureFacts, _ merging: MergingOptions?) -> String? {
    for ratio in [facts.ratio, facts.hiresRatio].compactMap(\.self) where !(0...1).contains(ratio) {
      return "a ratio of \(ratio); it is the share of tokens, from 0 to 1"
    }
    if let steps = facts.steps, steps < 1 { return "\(steps) steps; at least 1 is needed" }
    if let scale = facts.guidanceScale, !scale.isFinite { return "a guidance scale of \(scale)" }
    do throws(MergingError) {
      try merging?.validate()
      return nil
    } catch {
      return "\(error)"
    }
  }

  /// The first of those that say the same of themselves; never silently.
  private static func withoutRepetitions(
    _ candidates: [Candidate], _ problems: inout [ImportProblem]
  ) -> [Candidate] {
    struct Key: Hashable { let group: Group, place: Place, recipe: PictureRecipe }
    var first: [Key: ReadPicture] = [:]
    return candidates.filter { candidate in
      let key = Key(group: candidate.group, place: candidate.place, recipe: candidate.recipe)
      guard let known = first[key] else {
        first[key] = candidate.file
        return true
      }
      problems.append(
        candidate.file.name.problem(
          known.pixelHash == candidate.file.pixelHash
            ? "the same picture as \(known.url.path), which is taken"
            : "another picture than \(known.url.path), which has the same prompt, seed and settings and is taken"
        ))
      return false
    }
  }

  /// Why a merged picture cannot be compared: what differs from the unmerged one that is nearest to it.
  /// - Parameter baselines: of its prompt
  private static func withoutBaseline(_ lonely: Candidate, _ baselines: [Candidate]) -> ImportProblem {
    let nearest = baselines.map { other in
      (other: other, differences: differences(lonely, other))
    }.min { $0.differences.count < $1.differences.count }
    guard let nearest else {
      return lonely.file.name.problem("no unmerged picture of its prompt")
    }
    return lonely.file.name.problem(
      "no unmerged partner; the nearest, \(nearest.other.file.url.path), differs in "
        + nearest.differences.joined(separator: ", "))
  }

  private static func differences(_ own: Candidate, _ other: Candidate) -> [String] {
    let seeds = own.place.seed == other.place.seed ? [] : ["seed (\(own.place.seed), \(other.place.seed))"]
    return seeds
      + own.recipe.unmerged.differences(from: other.recipe.unmerged).map { difference in
        difference.field == .model
          ? "model (\(own.group.model.title), \(other.group.model.title))" : difference.description
      }
  }

  private static func run(_ group: Group, _ members: [Candidate], _ defaults: PictureFacts) -> ImportedRun {
    var places: [String: Int] = [:]
    var firsts: [PictureFacts] = []
    for member in members where places[member.place.prompt] == nil {
      places[member.place.prompt] = firsts.count
      firsts.append(member.file.facts)
    }
    let rows = firsts.compactMap(\.row)
    let hasRows = rows.count == firsts.count && Set(rows).count == rows.count
    let prompts = firsts.enumerated().map { index, facts in
      ImportedRun.Prompt(
        text: facts.prompt ?? defaults.prompt ?? "", row: hasRows ? facts.row ?? 0 : index + 1,
        category: facts.category, challenge: facts.challenge)
    }
    return ImportedRun(
      model: group.model, sampling: group.sampling, prompts: prompts,
      pictures: members.map { member in
        ImportedRun.Picture(
          prompt: places[member.place.prompt] ?? 0, seed: member.place.seed, recipe: member.recipe,
          file: member.file)
      })
  }
}

extension PictureSize {
  /// Whether the size that is stated is that of the file: a second pass enlarges the picture afterwards.
  fileprivate func isPlain(_ facts: PictureFacts) -> Bool {
    facts.hires == nil && !facts.settings.keys.contains { $0.hasPrefix("Hires") }
  }
}

extension PictureFacts {
  /// The model as far as it is known, with whatever else decides pixels and has no field of a request.
  fileprivate var model: ModelIdentity {
    ModelIdentity(name: modelName, hash: modelHash, settings: settings)
  }

  /// How a pass merges at a ratio; nil for none.
  fileprivate func merging(_ ratio: Double) -> MergingOptions? {
    guard ratio > 0 else { return nil }
    var options = merging ?? MergingOptions()
    options.ratio = ratio
    return options.inForce
  }

  /// The second pass of a picture of that size; nil without one, or where the size of the first is not said.
  fileprivate func hires(of picture: PictureSize) -> HiresPass? {
    guard let hires, let size else { return nil }
    return HiresPass(
      scale: hires.scale ?? Double(picture.width) / Double(size.width), width: picture.width,
      height: picture.height, steps: hires.steps, strength: hires.strength, upscaler: hires.upscaler)
  }
}

extension ModelIdentity {
  /// With what tells it from another of the same name.
  fileprivate var title: String { note.map { "\(name); \($0)" } ?? "\(name), \(fingerprint)" }
}
