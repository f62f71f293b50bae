import Foundation
import ResultStore

extension Sheet.Cell {
  init(
    _ sample: SampleRecord?, _ variant: VariantRecord, of run: Sheet.Run, _ index: SampleIndex,
    prompt: PromptRecord, address: String, baselineScore: Double?
  ) {
    let files = run.gallery[sample]
    let mark = run.mark.map { $0 + " · " } ?? ""
    let name = Self.name(variant, in: run)
    ratio = name
    heading = mark + variant.heading
    isBaseline = variant.isBaseline
    // Beside a second run there is little room.
    label = variant.isBaseline && run.mark == nil ? "Baseline" : mark + variant.label
    alt = prompt.text
    width = run.contents.run.settings.width
    height = run.contents.run.settings.height
    picture =
      files.picture
      ?? files.thumbnail.map { _ in Self.address(address, ratio: name) }
    thumbnail = files.thumbnail
    difference = files.difference
    missing =
      switch sample?.state {
      case .done: files.problem
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
    state =
      PictureState(
        isBaseline: isBaseline, isThere: missing == nil, isIdentical: isIdentical, change: change,
        margin: run.margin
      ).rawValue
    if let change { sortValues.append(.init(key: Sheet.changeKey, number: "\(change)")) }
    for metric in ScoreMetric.allCases {
      if let value = index.score(metric, of: sample) {
        sortValues.append(.init(key: metric.rawValue, number: "\(value)"))
      } else if metric == .psnr, isIdentical {
        sortValues.append(.init(key: metric.rawValue, number: "Infinity"))
      }
    }
    if let taken = sample?.state == .done ? sample?.seconds : nil {
      sortValues.append(.init(key: Sheet.timeKey, number: "\(taken)"))
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

  /// The place of a run that has no such prompt, or no such seed.
  init(absentFrom run: Sheet.Run, _ reason: String, prompt: PromptRecord) {
    let mark = run.mark ?? ""
    ratio = mark
    heading = "Run \(mark)"
    isBaseline = false
    label = mark
    alt = prompt.text
    width = run.contents.run.settings.width
    height = run.contents.run.settings.height
    picture = nil
    thumbnail = nil
    difference = nil
    missing = "Run \(mark) has no \(reason)"
    isFailure = false
    scores = []
    isIdentical = false
    state = PictureState.missing.rawValue
    seconds = nil
    sortValues = []
  }

  /// The place of a variant's picture in the page's address.
  /// - Parameter row: As in `#p=74&s=0`.
  static func address(_ row: String, ratio: String) -> String {
    // A label has spaces and the like.
    let plain = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "-._"))
    return row + "&r=" + (ratio.addingPercentEncoding(withAllowedCharacters: plain) ?? "")
  }

  /// Names a variant within a row.
  static func name(_ variant: VariantRecord, in run: Sheet.Run) -> String {
    run.mark.map { "\($0) \(variant.label)" } ?? variant.label
  }
}
