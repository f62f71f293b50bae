import Metrics
import Pictures
import ResultStore
import Wording

/// What was seen of the making of a page's pictures: of merged ones that were looked into, with what they lost, and of
/// what the viewer shows, as much as a page can hold.
struct ExplainedPictures: Sendable {
  /// A merged picture that was looked into and is on the sheet.
  struct Merged: Sendable {
    let variant: VariantRecord
    let prompt: PromptRecord
    let seed: Seed
    /// The picture's place in the page's address.
    let address: String
    /// Of the pairs that were merged, see ``ResultStore/Explanation/meanSimilarity``.
    let similarity: Double?
    /// 1 − SSIM; nil where the picture has no such score.
    let loss: Double?
  }

  /// For the viewer.
  let pictures: [ExplainedPicture]
  /// Of every run.
  let merged: [[Merged]]
  /// What is left out; nil where nothing is.
  let note: String?

  /// What browsers still load without a wait that is felt.
  static let largestSize = 50_000_000

  /// - Parameters:
  ///   - sources: the page's runs
  ///   - sheet: of these runs
  ///   - ownReferences: of every run, what its merged pictures are to be compared with where that is its own baseline,
  ///     but the sheet has another reference
  ///   - limit: the most bytes for the viewer; those that lost most come first
  init(
    _ sources: [Report.Source], on sheet: Sheet, ownReferences: [String?], limit: Int = largestSize
  ) {
    guard sources.contains(where: { !$0.contents.explanations.isEmpty }) else {
      (pictures, merged, note) = ([], sources.map { _ in [] }, nil)
      return
    }
    let places = Set(sheet.rows.map { "\($0.promptRow) \($0.seed)" })
    let found = sources.enumerated().map { index, source in
      Self.entries(
        source.contents, mark: sources.count == 1 ? nil : RunMark.letter(index),
        names: sheet.promptNames[index], ownReference: ownReferences[index]
      ) { places.contains("\($0) \($1)") }
    }
    merged = found.map { entries in entries.compactMap { $0.isBaseline ? nil : $0.merged } }
    (pictures, note) = Self.pictures(found, limit: limit)
  }

  /// A picture with what was seen of it.
  private struct Entry {
    let sampleID: Int64
    let explanation: Explanation
    let isBaseline: Bool
    /// Of the merged picture's baseline, looked into or not.
    let baselineID: Int64?
    let row: String
    let name: String
    let merged: Merged

    var picture: ExplainedPicture {
      ExplainedPicture(explanation, row: row, seed: "\(merged.seed)", variant: name)
    }
  }

  private static func entries(
    _ contents: RunContents, mark: String?, names: [Int64: String], ownReference: String?,
    isShown: (String, Seed) -> Bool
  ) -> [Entry] {
    let prompts = Dictionary(contents.prompts.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let variants = Dictionary(contents.variants.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let ssim = contents.measure(.ssim)
    let scores = Dictionary(
      contents.scores.compactMap { score in
        score.metric == ssim?.metric && score.scorerID == ssim?.scorer.id
          ? score.value.map { (score.sampleID, $0) } : nil
      }, uniquingKeysWith: { first, _ in first })
    let baselines = contents.baselines
    return contents.samples.compactMap { sample in
      guard let explanation = contents.explanations[sample.id], !explanation.isEmpty, sample.state == .done,
        let prompt = prompts[sample.promptID], let variant = variants[sample.variantID],
        let row = names[prompt.id], isShown(row, sample.seed)
      else { return nil }
      let name = Sheet.Cell.name(variant, mark: mark)
      return Entry(
        sampleID: sample.id, explanation: explanation, isBaseline: variant.isBaseline,
        baselineID: variant.isBaseline ? nil : baselines[sample.place]?.id, row: row, name: name,
        merged: Merged(
          variant: variant, prompt: prompt, seed: sample.seed,
          address: Sheet.Cell.address(
            "#p=\(row)&s=\(sample.seed)", ratio: name, reference: ownReference),
          similarity: explanation.meanSimilarity, loss: scores[sample.id].map { 1 - $0 }))
    }
  }

  /// Those of merged pictures that lost most, each with its baseline's, as long as there is room.
  private static func pictures(
    _ runs: [[Entry]], limit: Int
  ) -> (pictures: [ExplainedPicture], note: String?) {
    let baselines = runs.map { entries in
      Dictionary(
        entries.filter(\.isBaseline).map { ($0.sampleID, $0) }, uniquingKeysWith: { first, _ in first })
    }
    let all = runs.enumerated().flatMap { run, entries in entries.map { (run: run, entry: $0) } }
    // Equal ones keep their order. A baseline, which lost nothing, comes with its first merged picture, or last.
    let ordered = all.enumerated().sorted {
      let (first, second) = ($0.element.entry.merged.loss ?? -1, $1.element.entry.merged.loss ?? -1)
      return first != second ? first > second : $0.offset < $1.offset
    }.map(\.element)
    var (size, shown) = (0, [ExplainedPicture]())
    var taken: [Set<Int64>] = runs.map { _ in [] }
    for (run, entry) in ordered {
      let baseline = entry.baselineID.flatMap { baselines[run][$0] }
      let new = ([entry] + [baseline].compactMap(\.self)).filter { !taken[run].contains($0.sampleID) }
      let more = new.reduce(0) { $0 + ExplainedPicture.size($1.explanation) }
      guard size + more <= limit else { break }
      size += more
      taken[run].formUnion(new.map(\.sampleID))
      shown += new.map(\.picture)
    }
    guard shown.count < all.count else { return (shown, nil) }
    return (
      shown,
      "Of \(NumberText.count(all.count, "picture")) that were looked into, baselines among them, the viewer shows the "
        + "making of \(shown.count), of those that lost most: more would make the page slow."
    )
  }
}
