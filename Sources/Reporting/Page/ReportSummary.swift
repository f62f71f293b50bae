import Comparisons
import Foundation
import Metrics
import PictureFiles
import Pictures
import ResultStore
import Statistics
import Wording

/// Everything the page says, formatted: the templates only place it.
///
/// Mustache looks a name up in the enclosing values when it is nil, so no optional name occurs twice along one
/// path.
struct ReportSummary: Sendable {
  /// What is said of one run.
  struct Part: Sendable {
    /// Of several runs.
    let marked: MarkedRun?
    let table: RatioTable
    let chart: QualitySpeedChart?
    let paired: PairedDifferences?
    let multiples: [GroupDifferences]
    let hasMultiples: Bool
    let maps: DifferenceMaps?
    let similarity: SimilarityChart?
    /// What people say of the pictures.
    let judgements: [String]
    let hasJudgements: Bool
    let partID: String
  }

  /// One of several runs, by name.
  struct MarkedRun: Sendable {
    let mark: String
    let name: String
    let sentence: String
    /// The pictures that the sentence is about.
    let sentenceAddress: String
    let details: [String]
  }

  /// A run against another.
  struct Versus: Sendable {
    let firstMark: String
    let otherMark: String
    let table: RatioTable
    let remarks: [String]
  }

  struct Live: Sendable {
    let renewal: String
    let sentence: String
    let since: String
    let finished: String
    let total: String
  }

  let title: String
  let runName: String
  let created: String
  let headline: String
  /// How sure the headline is.
  let support: String?
  /// The pictures that the headline is about.
  let headlineAddress: String
  let facts: [String]
  let notes: [String]
  let hasNotes: Bool
  let live: Live?
  let parts: [Part]
  let isSingle: Bool
  let hasCharts: Bool
  let showsFewerSteps: Bool
  /// Of the runs, each once, as in `±0.85`.
  let margins: String
  let versus: [Versus]
  let sheet: Sheet
  /// What the viewer shows of pictures' making.
  let explained: [ExplainedPicture]
  let hasExplained: Bool
  /// Which runs the page is about, as JSON: what readers mark and vote is kept and exported under it.
  let identity: String
  let heatScale = HeatScale()
  let method: Method
  let tables: [Download]
  let imageSource: String
  let toolVersion: String
  /// Lets this page's own style and script run, and no others.
  let nonce: String
  let style: String
  let script: String

  /// - Parameters:
  ///   - galleries: Of the report's runs.
  ///   - isSingleFile: Whether the page may load nothing but what is in it.
  ///   - address: Where a table of that name is; nil for inside the page.
  init(
    _ report: Report, _ galleries: [Gallery], isSingleFile: Bool = false, address: (String) -> String?
  ) {
    let sentence = VerdictSentence(minus: .typographic)
    let sources = report.sources
    let first = sources[0].contents.run
    let groups = sources.map { source in
      [PromptDimension.challenge, .category].map {
        (dimension: $0, groups: source.comparison.grouped(by: $0, detail: .differences))
      }
    }
    runName = sources.map(\.contents.run.name).formatted(
      .list(type: .and).locale(Locale(identifier: "en_GB")))
    title = "\(runName) · tome-eval"
    created = Self.day(first.created)
    headline =
      report.versus.isEmpty
      ? sentence.headline(sources[0].comparison) : Self.headline(report.versus.map(\.comparison), sentence)
    support = sources.count == 1 ? VerdictSentence.support(sources[0].comparison) : nil
    facts = sources.count == 1 ? Self.facts(sources[0].contents) : []
    live = report.progress.map {
      Live(
        renewal: "\(LiveProgress.renewal)", sentence: $0.sentence, since: Self.time($0.date),
        finished: "\($0.finished)", total: "\($0.total)")
    }
    sheet = Sheet(
      zip(sources, galleries).enumerated().map { index, run in
        Sheet.Run(
          contents: run.0.contents, gallery: run.1, mark: sources.count == 1 ? nil : RunMark.letter(index),
          margin: run.0.comparison.margin,
          versus: report.versus.first { $0.own == index }.map { ($0.comparison.pairing, $0.reference) })
      }, match: report.versus.map { ($0.own, $0.reference, $0.comparison.pairing) },
      showsAllRows: report.showsAllRows)
    // The closure cannot see a value that is still being made.
    let sheet = sheet
    // The charts of a run are of what its pictures lost to its own baseline, whatever the sheet compares them with.
    let ownReferences: [String?] = sources.indices.map { index in
      guard report.versus.contains(where: { $0.own == index }) else { return nil }
      return sources[index].comparison.baseline.map {
        Sheet.Cell.name($0.variant, mark: RunMark.letter(index))
      }
    }
    let shown = Set(sheet.rows.map { "\($0.promptRow) \($0.seed)" })
    let explained = ExplainedPictures(sources, on: sheet, ownReferences: ownReferences)
    self.explained = explained.pictures
    hasExplained = !explained.pictures.isEmpty
    notes =
      Self.differences(report.versus) + Self.notes(sources, report.progress)
      + [explained.note].compactMap(\.self)
    hasNotes = !notes.isEmpty
    let links = sources.indices.map { index in
      let mark = sources.count == 1 ? nil : RunMark.letter(index)
      return SheetLinks(sortKeys: sheet.sortKeys) { Sheet.Cell.name($0, mark: mark) }
    }
    headlineAddress = Self.headlineAddress(sources[0].comparison, links[0])
    identity = Self.identity(sources)
    let places = sources.map(\.comparison.differencePlaces)
    let top = DifferenceMaps.top(places.flatMap(\.self))
    parts = sources.indices.map { index in
      Self.part(
        index, of: sources, groups: groups[index], sentence, names: sheet.promptNames[index],
        isShown: { shown.contains("\($0) \($1)") }, ownReference: ownReferences[index],
        maps: DifferenceMaps(
          sources[index].comparison, places[index], top: top, links: links[index].ofOwn),
        similarity: SimilarityChart(explained.merged[index]), links: links[index].ofOwn)
    }
    isSingle = sources.count == 1
    hasCharts = parts.contains { $0.chart != nil }
    showsFewerSteps = parts.contains { $0.chart?.hasFewerSteps == true }
    margins = parts.compactMap(\.table.margin).reduce(into: [String]()) {
      if !$0.contains("±" + $1) { $0.append("±" + $1) }
    }.joined(separator: " and ")
    versus = report.versus.map { pair in
      let (first, other) = (RunMark.letter(pair.own), RunMark.letter(pair.reference))
      return Versus(
        firstMark: first, otherMark: other,
        table: RatioTable(
          pair.comparison,
          caption: "Mean differences of \(first) to the same variants of \(other), same prompts and seeds"
            + (pair.comparison.isOfPairs
              ? "; how alike the pictures are, each against that of the other run" : ""),
          links: links[pair.own]),
        remarks: pair.comparison.pairing.notes.map(\.sentence))
    }
    let isTimed = sources.contains { $0.comparison.isTimed }
    tables = [
      Download(
        name: "pictures.csv",
        summary:
          "every picture: prompt, seed, variant, settings, \(isTimed ? "times, " : "")every score, file",
        table: PictureTable.table(sources.map(\.contents)), address: address),
      Download(
        name: "ratios.csv", summary: "the tables above, unrounded, and the same by challenge and category",
        table: Self.ratios(report, groups.flatMap(\.self)), address: address),
    ]
    method = Method(sources, margins: margins, downloads: tables)
    imageSource = isSingleFile ? "data:" : "'self' file: data:"
    toolVersion = Pictures.toolVersion
    nonce =
      String(UInt64.random(in: .min ... .max), radix: 36)
      + String(UInt64.random(in: .min ... .max), radix: 36)
    style = ContactSheet.style
    script = ContactSheet.script
  }

  private static func part(
    _ index: Int, of sources: [Report.Source],
    groups: [(dimension: PromptDimension, groups: [Comparison.Group])], _ sentence: VerdictSentence,
    names: [Int64: String], isShown: (String, Seed) -> Bool, ownReference: String?, maps: DifferenceMaps?,
    similarity: SimilarityChart?, links: SheetLinks
  ) -> Part {
    let source = sources[index]
    let contents = source.contents
    let isMarked = sources.count > 1
    let seed = contents.seeds.first ?? 0
    var multiples = groups.compactMap {
      GroupDifferences(source.comparison, by: $0.dimension, groups: $0.groups, sentence, links: links)
    }
    if !multiples.isEmpty { multiples[0].isOpen = true }
    let judgements = source.comparison.peopleLines.map(\.sentence)
    return Part(
      marked: isMarked
        ? MarkedRun(
          mark: RunMark.letter(index), name: contents.run.name,
          sentence: sentence.headline(source.comparison),
          sentenceAddress: headlineAddress(source.comparison, links), details: facts(contents)) : nil,
      table: RatioTable(
        source.comparison,
        caption: "Mean differences to the unmerged pictures of the same prompts and seeds",
        links: links),
      chart: QualitySpeedChart(
        source.comparison, sentence, id: "trade-off-\(index)",
        sharing: sources.indices.filter { $0 != index }.map { sources[$0].comparison }, links: links),
      paired: PairedDifferences(source.comparison, sentence, links: links) { prompt, variant in
        // Beside another run the rows that only one of both has may be left out.
        names[prompt.id].flatMap { row in
          isShown(row, seed)
            ? Sheet.Cell.address("#p=\(row)&s=\(seed)", ratio: links.name(variant), reference: ownReference)
            : nil
        }
      },
      multiples: multiples, hasMultiples: !multiples.isEmpty, maps: maps,
      similarity: similarity, judgements: judgements,
      hasJudgements: !judgements.isEmpty, partID: "\(index)")
  }

  /// Of the recommended ratio; without one, of all.
  private static func headlineAddress(_ comparison: Comparison, _ links: SheetLinks) -> String {
    guard let ratio = comparison.recommendedRatio,
      let row = comparison.rows.first(where: {
        $0.variant.ratio == ratio && $0.variant.isSampledLikeBaseline && $0.difference != nil
      })
    else { return "#sheet" }
    return links.address(row.variant)
  }

  private static func identity(_ sources: [Report.Source]) -> String {
    struct Run: Encodable { let mark, name, key: String }
    let runs = sources.enumerated().map { index, source in
      let run = source.contents.run
      return Run(mark: sources.count == 1 ? "" : RunMark.letter(index), name: run.name, key: run.key)
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(runs)).map { String(decoding: $0, as: UTF8.self) } ?? "[]"
  }

  private static func ratios(
    _ report: Report, _ groups: [(dimension: PromptDimension, groups: [Comparison.Group])]
  ) -> TextTable {
    let whole = (report.sources.map(\.comparison) + report.versus.map(\.comparison)).map {
      (name: "all", comparison: $0)
    }
    return ComparisonReport.rowTable(
      whole
        + groups.flatMap { dimension, groups in
          groups.map { (name: "\(dimension.rawValue) \($0.name)", comparison: $0.comparison) }
        })
  }

  private static func headline(_ versus: [Comparison], _ sentence: VerdictSentence) -> String {
    let count =
      ["Two", "Three", "Four", "Five", "Six"].dropFirst(versus.count - 1).first ?? "\(versus.count + 1)"
    return "\(count) runs side by side. " + versus.map(sentence.headline).joined(separator: " ")
  }

  /// As in `23 November 2026`, in UTC.
  private static func day(_ date: Date) -> String { text(date, "d MMMM yyyy") }

  /// As in `14:03:20 UTC`.
  private static func time(_ date: Date) -> String { text(date, "HH:mm:ss") + " UTC" }

  private static func text(_ date: Date, _ format: String) -> String {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_GB")
    formatter.timeZone = TimeZone(identifier: "UTC")
    formatter.dateFormat = format
    return formatter.string(from: date)
  }

  private static func facts(_ contents: RunContents) -> [String] {
    let sampling = contents.run.sampling
    let clips = contents.scorers.filter { $0.kind == .clip }.map(\.name)
    return [
      contents.run.modelName,
      sampling.words.prefix(2).joined(separator: ", "), sampling.words[2],
      "\(sampling.pictureSize.width) × \(sampling.pictureSize.height)",
      NumberText.count(contents.prompts.count, "prompt") + " × "
        + NumberText.count(contents.seeds.count, "seed"),
      clips.isEmpty ? "no CLIP scores" : "CLIP scores by \(clips.joined(separator: ", "))",
    ]
  }

  /// What the runs differ in beside merging: nobody may take it for merging's doing.
  private static func differences(_ versus: [Report.Versus]) -> [String] {
    versus.flatMap { pair in
      pair.comparison.pairing.notes.filter { $0.kind == .differing }.map { note in
        let marks = "\(RunMark.letter(pair.own)) and \(RunMark.letter(pair.reference))"
        return "\(marks): \(note.text)."
      }
    }
  }

  private static func notes(_ runs: [Report.Source], _ progress: LiveProgress?) -> [String] {
    var notes: [String] = []
    if progress != nil {
      notes.append(
        "Preliminary: while the sweep runs, intervals come from fewer resamples, and a recommendation does not say yet "
          + "how sure it is.")
    }
    for run in runs {
      let contents = run.contents
      let of = runs.count == 1 ? "" : "\(contents.run.name): "
      if let note = contents.run.modelNote, !notes.contains(note) { notes.append(note) }
      let long = contents.prompts.count { $0.unread != nil }
      if long > 0 {
        notes.append(
          "\(of)Longer than the model reads: \(long) of \(NumberText.count(contents.prompts.count, "prompt")), "
            + "whose ends had no effect and are grey in the contact sheet.")
      }
      if contents.baseline == nil {
        notes.append("\(of)The run has no ratio 0, so there is no baseline to compare with.")
      }
      if contents.scorer(.clip) == nil {
        notes.append("\(of)No CLIP checkpoint was given: pictures are compared by their pixels only.")
      }
      if let open = run.comparison.openRows {
        notes.append("\(of)\(open.prefix(1).uppercased())\(open.dropFirst()).")
      }
      if let blindSpot = VerdictSentence.blindSpot(run.comparison) {
        notes.append("\(of)\(blindSpot).")
      }
    }
    return notes
  }
}
