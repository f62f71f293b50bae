import Comparisons
import Foundation
import Metrics
import PictureFiles
import Pictures
import ResultStore
import Wording

extension Sheet.Cell {
  init(
    _ sample: SampleRecord?, _ variant: VariantRecord, of run: Sheet.Run, _ index: SampleIndex,
    prompt: PromptRecord, address: String, baseline: SampleRecord?, counterpart: Sheet.Counterpart? = nil
  ) {
    let files = run.gallery[sample]
    let mark = run.mark.map { $0 + " · " } ?? ""
    let name = Self.name(variant, in: run)
    ratio = name
    heading = mark + variant.heading
    isBaseline = variant.isBaseline
    self.run = run.mark
    reference = counterpart?.name
    label = Self.label(variant, in: run)
    alt = prompt.text
    width = sample?.picture?.width ?? variant.recipe.sampling.pictureSize.width
    height = sample?.picture?.height ?? variant.recipe.sampling.pictureSize.height
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
    pixelHash = missing == nil ? sample?.picture?.pixelHash : nil
    isFailure = sample?.state == .failed
    isIdentical =
      counterpart.map { $0.isIdentical(to: sample) } ?? (!variant.isBaseline && index.isIdentical(sample))

    func gain(_ measure: Measure?) -> Double? {
      guard counterpart != nil || !variant.isBaseline, let after = index.score(measure, of: sample),
        let before = counterpart.map({ $0.score(measure) }) ?? index.score(measure, of: baseline)
      else { return nil }
      return after - before
    }
    func value(_ measure: Measure) -> Double? {
      guard let counterpart, measure.metric.needsBaseline else { return index.score(measure, of: sample) }
      return counterpart.value(measure, of: sample)
    }
    let change = gain(run.clipScore)
    self.change = change
    state =
      PictureState(
        isBaseline: isBaseline, isThere: missing == nil, isIdentical: isIdentical, change: change,
        margin: run.margin
      ).rawValue

    damage = index.damage(of: sample)

    var scores: [Sheet.Score] = []
    var sortValues: [Sheet.SortValue] = []
    if let change { sortValues.append(.init(key: Sheet.changeKey, number: "\(change)")) }
    for (measure, key) in run.measures {
      let metric = measure.metric
      if let value = value(measure) {
        sortValues.append(.init(key: key, number: "\(value)"))
        guard metric.isCaptioned else { continue }
        let change = metric == .clipScore ? gain(measure) : nil
        scores.append(
          .init(
            name: measure.shortTitle, value: NumberText.fixed(value, metric.decimals, minus: .typographic),
            change: change.map { NumberText.signed($0, metric.decimals, minus: .typographic) }))
      } else if metric == .psnr, isIdentical {
        sortValues.append(.init(key: key, number: "Infinity"))
        scores.append(.init(name: measure.shortTitle, value: "identical", change: nil))
      }
    }
    if counterpart != nil, !variant.isBaseline {
      if let after = index.score(run.clipScore, of: sample),
        let before = index.score(run.clipScore, of: baseline)
      {
        sortValues.append(.init(key: Sheet.own(Sheet.changeKey), number: "\(after - before)"))
      }
      for (measure, key) in run.measures where measure.metric.needsBaseline {
        let own = index.score(measure, of: sample).map { "\($0)" }
        let identical = measure.metric == .psnr && index.isIdentical(sample) ? "Infinity" : nil
        if let number = own ?? identical { sortValues.append(.init(key: Sheet.own(key), number: number)) }
      }
    }
    if let taken = sample?.state == .done ? sample?.seconds : nil {
      sortValues.append(.init(key: Sheet.timeKey, number: "\(taken)"))
    }
    self.scores = scores
    self.sortValues = sortValues
  }

  /// The place of a picture of a run that has no such prompt, or no such seed.
  init(absent variant: VariantRecord, from run: Sheet.Run, _ reason: String, prompt: PromptRecord) {
    ratio = Self.name(variant, in: run)
    heading = (run.mark.map { $0 + " · " } ?? "") + variant.heading
    isBaseline = variant.isBaseline
    self.run = run.mark
    reference = nil
    label = Self.label(variant, in: run)
    alt = prompt.text
    width = variant.recipe.sampling.pictureSize.width
    height = variant.recipe.sampling.pictureSize.height
    picture = nil
    thumbnail = nil
    difference = nil
    pixelHash = nil
    missing = "Run \(run.mark ?? "") has no \(reason)"
    isFailure = false
    scores = []
    isIdentical = false
    change = nil
    state = PictureState.missing.rawValue
    damage = []
    sortValues = []
  }

  /// The place of a variant's picture in the page's address.
  /// - Parameters:
  ///   - row: As in `#p=74&s=0`.
  ///   - reference: What the picture is to be compared with, by its name within the row; nil for what it usually is,
  ///     see ``reference``.
  static func address(_ row: String, ratio: String, reference: String? = nil) -> String {
    row + "&r=" + SheetLinks.encoded(ratio) + (reference.map { "&ref=" + SheetLinks.encoded($0) } ?? "")
  }

  /// Over a variant's pictures. Beside a second run there is little room.
  static func label(_ variant: VariantRecord, in run: Sheet.Run) -> String {
    guard let mark = run.mark else { return variant.isBaseline ? "Baseline" : variant.label }
    return "\(mark) · \(variant.label)"
  }

  /// Names a variant within a row.
  static func name(_ variant: VariantRecord, in run: Sheet.Run) -> String {
    name(variant, mark: run.mark)
  }

  /// - Parameter mark: Of the variant's run; nil on a page of one.
  static func name(_ variant: VariantRecord, mark: String?) -> String {
    mark.map { "\($0) \(variant.label)" } ?? variant.label
  }
}
