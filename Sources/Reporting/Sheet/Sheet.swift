import Comparisons
import Metrics
import PictureFiles
import Pictures
import ResultStore
import Wording

/// The contact sheet, formatted: one row per prompt and seed, the ratio that fell furthest first. Beside other runs
/// a row has the pictures of all, those of one variant side by side; see ``ColumnOrder``.
struct Sheet: Sendable {
  /// A run with its pictures.
  struct Run: Sendable {
    let contents: RunContents
    let gallery: Gallery
    /// What tells its pictures from the other runs'; nil for the only one.
    let mark: String?
    /// How much a picture's CLIP score may change and still count as kept; see ``PictureState``.
    let margin: Double?
    /// What its pictures are scored by, each with the key that sorts by it: part of an attribute's name, and so never
    /// made of anything that comes from outside.
    let measures: [(measure: Measure, key: String)]
    let clipScore: Measure?
    /// What its pictures are compared with instead of their baselines: the same ones of another run, and its place
    /// among the runs; nil where they are not.
    let versus: (pairing: Pairing, run: Int)?

    init(
      contents: RunContents, gallery: Gallery, mark: String?, margin: Double?,
      versus: (pairing: Pairing, run: Int)? = nil
    ) {
      self.versus = versus
      self.contents = contents
      self.gallery = gallery
      self.mark = mark
      self.margin = margin
      var counts: [Metric: Int] = [:]
      measures = contents.measures.map { measure in
        counts[measure.metric, default: 0] += 1
        let count = counts[measure.metric, default: 1]
        return (measure, count == 1 ? measure.metric.key : "\(measure.metric.key)_\(count)")
      }
      clipScore = contents.measure(.clipScore)
    }
  }

  struct Row: Sendable {
    /// The prompt's row in its file and the seed: they name the row in the page's address, as in `#p=74&s=0`; see
    /// ``SheetRowMaker/Place/name``.
    let promptRow: String
    let seed: Seed
    /// Place in the order of prompts and seeds.
    let order: Int
    let prompt: String
    /// The end of the prompt that the model does not read; nil where it reads all.
    let unread: String?
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
    /// The mark of its run; nil on a page of one.
    let run: String?
    /// What it is compared with unless the reader pins something else, by the name of a picture of the row; nil for its
    /// run's baseline.
    let reference: String?
    let alt: String
    let width: Int
    let height: Int
    /// Where the picture is, see ``PictureFiles``; nil when there is none. Inside a single file a small picture is
    /// its thumbnail alone, and this is the cell's own place in the page's address.
    let picture: String?
    let thumbnail: String?
    let difference: String?
    /// The SHA-256 of its pixels, see ``ResultStore/PictureRecord/pixelHash``: votes name pictures by it.
    let pixelHash: String?
    /// Why there is no picture.
    let missing: String?
    let isFailure: Bool
    let scores: [Score]
    let isIdentical: Bool
    /// Of the CLIP score, to that of what it is compared with.
    let change: Double?
    let state: String
    /// The kinds of damage that it shows.
    let damage: [DamageKind]
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

  /// A kind of damage that some picture shows.
  struct Kind: Sendable {
    let letter: String
    let kindTitle: String
    let rule: String
    /// Of pictures.
    let number: String
  }

  /// What the cells under each other have in common.
  struct Column: Sendable {
    /// As the cells' ``Cell/ratio``.
    let name: String
    let columnLabel: String
    /// With the name of its run; nil on a page of one.
    let columnTitle: String?
    let columnRun: String?
    let isUnmerged: Bool
  }

  /// A run's mark and its name, for those who read the columns.
  struct Legend: Sendable {
    let legendMark: String
    let legendName: String
    /// What its pictures are compared with.
    let legendRole: String
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
  let kinds: [Kind]
  let hasKinds: Bool
  let sortKeys: [SortKey]
  let ratios: [Choice]
  let hasSeveralRatios: Bool
  /// Where a number of the page was taken from the unmerged pictures: the sheet can be sorted by those, too.
  let baselines: [Choice]
  /// Every run's variants, in the order of a row's cells.
  let columns: [Column]
  /// Of several runs.
  let legend: [Legend]
  let hasLegend: Bool
  /// How many rows that only one run has are not there; nil where all are.
  let leftOut: String?

  /// The sort key of the change in CLIP score against the baseline.
  static let changeKey = "change"

  /// The sort key of the same number to the baseline of the picture's own run, where it is to another run's picture.
  static func own(_ key: String) -> String { "own_" + key }

  /// The sort key of the seconds that a picture took.
  static let timeKey = "seconds"

  init(_ contents: RunContents, _ gallery: Gallery, margin: Double?) {
    self.init([Run(contents: contents, gallery: gallery, mark: nil, margin: margin)])
  }

  /// - Parameters:
  ///   - runs: One, or several that have pictures in common with the first.
  ///   - match: Which runs are compared, by their places, and how.
  ///   - showsAllRows: Whether rows are there that only one run has.
  init(
    _ runs: [Run], match: [(own: Int, reference: Int, pairing: Pairing)] = [], showsAllRows: Bool = true
  ) {
    let order = ColumnOrder(runs.map(\.contents), match)
    let rowMaker = SheetRowMaker(runs, order, showsAllRows: showsAllRows)
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
    let prompts = rowMaker.prompts
    categories = Self.choices(prompts.compactMap(\.category))
    challenges = Self.choices(prompts.compactMap(\.challenge))
    subsets = Self.choices(prompts.compactMap(\.subset))
    let occurring = Set(rows.flatMap { $0.cells.filter { !$0.isBaseline }.map(\.state) })
    let margins = Set(
      runs.map { $0.margin.map { NumberText.fixed($0, Metric.clipScore.decimals) } ?? "" })
    let marginText = margins.count == 1 ? margins.first ?? "" : "the margin"
    states = PictureState.allCases.filter { occurring.contains($0.rawValue) }.compactMap { state in
      state.choice(margin: marginText, isBeside: runs.count > 1).map {
        Choice(value: state.rawValue, text: $0)
      }
    }
    hasCategories = categories.count > 1
    hasChallenges = challenges.count > 1
    hasSubsets = subsets.count > 1
    hasStates = occurring.count > 1
    var damage: [DamageKind: Int] = [:]
    for row in rows { for cell in row.cells { for kind in cell.damage { damage[kind, default: 0] += 1 } } }
    kinds = DamageKind.allCases.compactMap { kind in
      damage[kind].map {
        Kind(letter: String(kind.letter), kindTitle: kind.title, rule: kind.rule, number: "\($0)")
      }
    }
    hasKinds = !kinds.isEmpty
    var seen: Set<String> = []
    let measured = runs.flatMap { run in run.measures.filter { run.hasValues(of: $0.measure) } }.filter {
      seen.insert($0.key).inserted
    }
    var sortKeys =
      (seen.contains(Metric.clipScore.key)
        ? [SortKey(key: Self.changeKey, text: "CLIP score change", isDescending: false)] : [])
      + Metric.allCases.flatMap { metric in measured.filter { $0.measure.metric == metric } }.map {
        SortKey(
          key: $0.key, text: $0.measure.shortTitle, isDescending: !$0.measure.metric.higherIsBetter)
      }
      + (runs.contains { $0.contents.samples.contains { $0.seconds != nil } }
        ? [SortKey(key: Self.timeKey, text: "time", isDescending: true)] : [])
    if runs.contains(where: { $0.versus != nil }) {
      let likenesses = measured.map(\.key).filter { Metric(rawValue: $0)?.needsBaseline == true }
      sortKeys += sortKeys.filter { $0.key == Self.changeKey || likenesses.contains($0.key) }.map {
        SortKey(key: Self.own($0.key), text: $0.text + " to own baseline", isDescending: $0.isDescending)
      }
    }
    self.sortKeys = sortKeys
    columns = order.columns.map { column in
      let (run, variant) = (runs[column.run], column.variant)
      return Column(
        name: Cell.name(variant, in: run), columnLabel: Cell.label(variant, in: run),
        columnTitle: run.mark.map { _ in "\(run.contents.run.name): \(variant.title)" }, columnRun: run.mark,
        isUnmerged: variant.isBaseline)
    }
    legend = runs.compactMap { run in
      run.mark.map { mark in
        let role =
          run.versus.map { "compared with \(RunMark.letter($0.run))" } ?? "compared with its own baseline"
        return Legend(legendMark: mark, legendName: run.contents.run.name, legendRole: role)
      }
    }
    hasLegend = !legend.isEmpty
    leftOut =
      rowMaker.leftOut > 0
      ? "\(NumberText.count(rowMaker.leftOut, "row")) that only one run has \(rowMaker.leftOut == 1 ? "is" : "are") "
        + "left out; tome-eval report --all-rows shows \(rowMaker.leftOut == 1 ? "it" : "them")."
      : nil
    ratios = columns.filter { !$0.isUnmerged }.map { Choice(value: $0.name, text: $0.name) }
    baselines = columns.filter(\.isUnmerged).map { column in
      Choice(value: column.name, text: runs.count == 1 ? "baseline" : "\(column.name) (baseline)")
    }
    hasSeveralRatios = ratios.count > 1
  }

  /// Each value once, in alphabetical order, with how often it occurs.
  private static func choices(_ values: [String]) -> [Choice] {
    Dictionary(grouping: values, by: \.self).sorted { $0.key < $1.key }
      .map { Choice(value: $0.key, text: "\($0.key) (\($0.value.count))") }
  }
}

extension Sheet.Run {
  /// Whether any picture can be sorted by it: identical ones can by their PSNR, though they have none.
  fileprivate func hasValues(of measure: Measure) -> Bool {
    contents.scores.contains {
      $0.metric == measure.metric && $0.scorerID == measure.scorer.id
        && ($0.value != nil || $0.metric == .psnr)
    }
  }
}
