import Foundation
import ResultStore

/// The contact sheet, formatted: one row per prompt and seed, the ratio that fell furthest first.
struct Sheet: Sendable {
  struct Row: Sendable {
    /// Names the row in the page's address, as in `p74-s0`.
    let anchor: String
    /// Place in the order of prompts and seeds.
    let order: Int
    let prompt: String
    let source: String
    let category: String
    let challenge: String
    let tags: [String]
    let cells: [Cell]
  }

  /// One picture and its scores.
  struct Cell: Sendable {
    let label: String
    /// The variant's label, which names it within the row.
    let ratio: String
    /// The variant in a heading, as in `Ratio 0.5`.
    let heading: String
    let isBaseline: Bool
    let alt: String
    let width: Int
    let height: Int
    /// Where the picture is, for the page's address bar; nil when there is none.
    let picture: String?
    /// Why there is no picture.
    let missing: String?
    let isFailure: Bool
    let scores: [Score]
    let isIdentical: Bool
    let seconds: String?
    /// For sorting, unrounded, by the score's name.
    let sortValues: [SortValue]
  }

  struct Score: Sendable {
    let name: String
    let value: String
    let change: String?
  }

  struct SortValue: Sendable {
    let key: String
    let number: String
  }

  struct Choice: Sendable {
    let value: String
    let text: String
  }

  struct SortKey: Sendable {
    let key: String
    let text: String
    /// Whether the largest value is the worst.
    let isDescending: Bool
  }

  let rows: [Row]
  let rowCount: String
  let categories: [Choice]
  let challenges: [Choice]
  let hasCategories: Bool
  let hasChallenges: Bool
  let sortKeys: [SortKey]
  let ratios: [Choice]
  let hasSeveralRatios: Bool

  /// The sort key of the change in CLIP score against the baseline.
  static let changeKey = "change"

  init(_ contents: RunContents, pictureExists: (String) -> Bool) {
    let index = SampleIndex(contents)
    let seeds = contents.run.settings.seeds
    let baseline = contents.variants.first(where: \.isBaseline)
    var ordered: [(row: Row, worst: Double?)] = []
    for prompt in contents.prompts {
      for seed in seeds {
        let reference = baseline.flatMap { index.sample(prompt, $0, seed: seed) }
        let baselineScore = index.score(.clipScore, of: reference)
        let changes = contents.variants.filter { !$0.isBaseline }.compactMap { variant in
          index.score(.clipScore, of: index.sample(prompt, variant, seed: seed)).flatMap { score in
            baselineScore.map { score - $0 }
          }
        }
        let cells = contents.variants.map { variant in
          Cell(
            index.sample(prompt, variant, seed: seed), variant, prompt, contents.run.settings, index,
            baselineScore: baselineScore, pictureExists: pictureExists)
        }
        let tags = [prompt.category, prompt.challenge].compactMap(\.self)
        let row = Row(
          anchor: "p\(prompt.row)-s\(seed)", order: ordered.count, prompt: prompt.text,
          source: "row \(prompt.row), seed \(seed)", category: prompt.category ?? "",
          challenge: prompt.challenge ?? "", tags: tags, cells: cells)
        ordered.append((row, changes.min()))
      }
    }
    // Rows that cannot be judged come last; equal ones keep the order of the prompts.
    rows = ordered.sorted { ($0.worst ?? .infinity, $0.row.order) < ($1.worst ?? .infinity, $1.row.order) }
      .map(\.row)
    rowCount = NumberText.count(rows.count, "row")
    categories = Self.choices(contents.prompts.compactMap(\.category))
    challenges = Self.choices(contents.prompts.compactMap(\.challenge))
    hasCategories = categories.count > 1
    hasChallenges = challenges.count > 1
    // Identical pictures have no PSNR and are sorted by it all the same.
    let stored = Set(contents.scores.filter { $0.value != nil || $0.metric == .psnr }.map(\.metric))
    sortKeys =
      (stored.contains(.clipScore)
        ? [SortKey(key: Self.changeKey, text: "CLIP score change", isDescending: false)] : [])
      + ScoreMetric.allCases.filter(stored.contains).map {
        SortKey(key: $0.rawValue, text: $0.shortTitle, isDescending: !$0.higherIsBetter)
      }
    ratios = contents.variants.filter { !$0.isBaseline }.map {
      Choice(value: $0.label, text: $0.label)
    }
    hasSeveralRatios = ratios.count > 1
  }

  /// Each value once, in alphabetical order, with how often it occurs.
  private static func choices(_ values: [String]) -> [Choice] {
    Dictionary(grouping: values, by: \.self).sorted { $0.key < $1.key }
      .map { Choice(value: $0.key, text: "\($0.key) (\($0.value.count))") }
  }
}

extension Sheet.Cell {
  init(
    _ sample: SampleRecord?, _ variant: VariantRecord, _ prompt: PromptRecord, _ settings: RunSettings,
    _ index: SampleIndex, baselineScore: Double?, pictureExists: (String) -> Bool
  ) {
    let path = sample?.state == .done ? sample?.imagePath : nil
    let isThere = path.map(pictureExists) ?? false
    ratio = variant.label
    heading = variant.heading
    isBaseline = variant.isBaseline
    label = variant.isBaseline ? "Baseline" : ratio
    alt = prompt.text
    width = settings.width
    height = settings.height
    picture = isThere ? path?.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) : nil
    missing =
      switch sample?.state {
      case .done where isThere: nil
      case .done: "The file \(path ?? "") is gone"
      case .failed: "Failed: \(sample?.error ?? "no reason was stored")"
      case .pending, nil: "Not made yet"
      }
    isFailure = sample?.state == .failed
    isIdentical = !variant.isBaseline && index.isIdentical(sample)
    seconds = sample?.state == .done ? sample?.seconds.map { NumberText.seconds($0) + " s" } : nil

    var scores: [Sheet.Score] = []
    var sortValues: [Sheet.SortValue] = []
    let change = index.score(.clipScore, of: sample).flatMap { score in
      variant.isBaseline ? nil : baselineScore.map { score - $0 }
    }
    if let change { sortValues.append(.init(key: Sheet.changeKey, number: "\(change)")) }
    for metric in ScoreMetric.allCases {
      if let value = index.score(metric, of: sample) {
        sortValues.append(.init(key: metric.rawValue, number: "\(value)"))
      } else if metric == .psnr, isIdentical {
        sortValues.append(.init(key: metric.rawValue, number: "Infinity"))
      }
    }
    for metric in ScoreMetric.captioned {
      if let value = index.score(metric, of: sample) {
        scores.append(
          .init(
            name: metric.shortTitle, value: NumberText.fixed(value, metric.decimals, minus: .typographic),
            change: metric == .clipScore
              ? change.map { NumberText.signed($0, metric.decimals, minus: .typographic) } : nil))
      } else if metric == .psnr, isIdentical {
        scores.append(.init(name: metric.shortTitle, value: "identical", change: nil))
      }
    }
    self.scores = scores
    self.sortValues = sortValues
  }
}
