import ResultStore

/// The contact sheet, formatted: one row per prompt and seed, the ratio that fell furthest first. Beside a second run
/// a row has the pictures of both, each run's from its baseline on.
struct Sheet: Sendable {
  /// A run with its pictures.
  struct Run: Sendable {
    let contents: RunContents
    let gallery: Gallery
    /// What tells its pictures from the other run's; nil for the only one.
    let mark: String?
    /// How much a picture's CLIP score may change and still count as kept; see ``PictureState``.
    let margin: Double?
  }

  struct Row: Sendable {
    /// The prompt's row in its file and the seed: they name the row in the page's address, as in `#p=74&s=0`; see
    /// ``SheetRowMaker/Place/name``.
    let promptRow: String
    let seed: Int
    /// Place in the order of prompts and seeds.
    let order: Int
    let prompt: String
    let source: String
    let category: String
    let challenge: String
    let subset: String
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
    /// Where the picture is, see ``PictureFiles``; nil when there is none. Inside a single file a small picture is
    /// its thumbnail alone, and this is the cell's own place in the page's address.
    let picture: String?
    let thumbnail: String?
    let difference: String?
    /// Why there is no picture.
    let missing: String?
    let isFailure: Bool
    let scores: [Score]
    let isIdentical: Bool
    let state: String
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
  /// What the page's address calls the prompts of every run, by `id`.
  let promptNames: [[Int64: String]]
  let rowCount: String
  let categories: [Choice]
  let challenges: [Choice]
  let subsets: [Choice]
  /// Of those that occur, for the filter.
  let states: [Choice]
  let hasCategories: Bool
  let hasChallenges: Bool
  let hasSubsets: Bool
  let hasStates: Bool
  let sortKeys: [SortKey]
  let ratios: [Choice]
  let hasSeveralRatios: Bool

  /// The sort key of the change in CLIP score against the baseline.
  static let changeKey = "change"

  /// The sort key of the seconds that a picture took.
  static let timeKey = "seconds"

  init(_ contents: RunContents, _ gallery: Gallery, margin: Double?) {
    self.init([Run(contents: contents, gallery: gallery, mark: nil, margin: margin)])
  }

  /// - Parameter runs: One, or two that have pictures in common.
  init(_ runs: [Run]) {
    let rowMaker = SheetRowMaker(runs)
    promptNames = runs.indices.map { index in
      Dictionary(
        rowMaker.places.compactMap { place in place.prompts[index].map { ($0.id, place.name) } },
        uniquingKeysWith: { first, _ in first })
    }
    let ordered = rowMaker.places.enumerated().map { rowMaker.row($0.element, order: $0.offset) }
    // Rows that cannot be judged come last; equal ones keep the order of the prompts.
    rows = ordered.sorted { ($0.worst ?? .infinity, $0.row.order) < ($1.worst ?? .infinity, $1.row.order) }
      .map(\.row)
    rowCount = NumberText.count(rows.count, "row")
    categories = Self.choices(rowMaker.prompts.compactMap(\.category))
    challenges = Self.choices(rowMaker.prompts.compactMap(\.challenge))
    subsets = Self.choices(rowMaker.prompts.compactMap(\.subset))
    let occurring = Set(rows.flatMap { $0.cells.filter { !$0.isBaseline }.map(\.state) })
    let margins = Set(
      runs.map { $0.margin.map { NumberText.fixed($0, ScoreMetric.clipScore.decimals) } ?? "" })
    let marginText = margins.count == 1 ? margins.first ?? "" : "the margin"
    states = PictureState.allCases.filter { occurring.contains($0.rawValue) }.compactMap { state in
      state.choice(margin: marginText).map { Choice(value: state.rawValue, text: $0) }
    }
    hasCategories = categories.count > 1
    hasChallenges = challenges.count > 1
    hasSubsets = subsets.count > 1
    hasStates = occurring.count > 1
    // Identical pictures have no PSNR and are sorted by it all the same.
    let stored = Set(
      runs.flatMap(\.contents.scores).filter { $0.value != nil || $0.metric == .psnr }.map(\.metric))
    sortKeys =
      (stored.contains(.clipScore)
        ? [SortKey(key: Self.changeKey, text: "CLIP score change", isDescending: false)] : [])
      + ScoreMetric.allCases.filter(stored.contains).map {
        SortKey(key: $0.rawValue, text: $0.shortTitle, isDescending: !$0.higherIsBetter)
      }
      + (runs.contains { $0.contents.samples.contains { $0.seconds != nil } }
        ? [SortKey(key: Self.timeKey, text: "time", isDescending: true)] : [])
    ratios = runs.flatMap { run in
      run.contents.variants.filter { !$0.isBaseline }.map { variant in
        let name = Cell.name(variant, in: run)
        return Choice(value: name, text: name)
      }
    }
    hasSeveralRatios = ratios.count > 1
  }

  /// Each value once, in alphabetical order, with how often it occurs.
  private static func choices(_ values: [String]) -> [Choice] {
    Dictionary(grouping: values, by: \.self).sorted { $0.key < $1.key }
      .map { Choice(value: $0.key, text: "\($0.key) (\($0.value.count))") }
  }
}
