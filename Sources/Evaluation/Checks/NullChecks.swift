import ResultStore

/// The null checks that a run's stored results answer, and which of the others are still to be made.
enum NullChecks {
  /// Brings a run's checks up to date.
  /// - Parameters:
  ///   - contents: as they are in the store now.
  ///   - reason: why those that need a picture of their own are not there, where they are not
  /// - Returns: all checks of the run.
  static func update(
    _ contents: RunContents, in store: ResultStore, openBecause reason: String
  ) throws -> [NullCheckRecord] {
    let stored = contents.nullChecks
    var checks: [NullCheckRecord] = []
    for kind in NullCheckRecord.Kind.allCases {
      switch kind {
      case .zeroRatio, .repetition:
        if let answer = stored.first(where: { $0.kind == kind && $0.outcome != .pending }) {
          checks.append(answer)
        } else {
          checks.append(pending(kind, of: contents, because: reason))
        }
      case .effect: checks += effects(contents)
      case .cap: checks += caps(contents)
      }
    }
    if Set(checks) != Set(stored) { try store.save(checks, ofRun: contents.run.id) }
    return checks
  }

  private static func pending(
    _ kind: NullCheckRecord.Kind, of contents: RunContents, because reason: String
  ) -> NullCheckRecord {
    let subject = kind == .zeroRatio ? zeroRatioSubject : "one picture made twice"
    return NullCheckRecord(
      runID: contents.run.id, kind: kind, outcome: .pending, detail: "\(subject): \(reason)")
  }

  static let zeroRatioSubject = "ratio 0 through the merging path, against no merging"

  /// For every ratio, whether its pictures differ from their baseline at all.
  private static func effects(_ contents: RunContents) -> [NullCheckRecord] {
    let baselines = contents.baselines.compactMapValues { $0.picture?.pixelHash }
    return contents.variants.filter { !$0.isBaseline }.map { variant in
      let samples = contents.samples.filter { $0.variantID == variant.id }
      let changes = samples.compactMap { sample -> Bool? in
        guard sample.state == .done, let own = sample.picture?.pixelHash,
          let baseline = baselines[sample.place]
        else { return nil }
        return own != baseline
      }
      let changed = changes.count(where: \.self)
      let (outcome, detail): (NullCheckRecord.Outcome, String) =
        if changed > 0 {
          (.passed, "\(variant.title) changed \(changed) of \(changes.count) pictures")
        } else if changes.count < samples.count {
          (.pending, "\(variant.title): not all of its pictures are there yet")
        } else {
          (.failed, "\(variant.title) changed nothing: all \(samples.count) pictures equal their baseline")
        }
      return NullCheckRecord(
        runID: contents.run.id, kind: .effect, variantID: variant.id, outcome: outcome, detail: detail)
    }
  }

  /// The ratios that act as smaller ones.
  private static func caps(_ contents: RunContents) -> [NullCheckRecord] {
    let notices = contents.variants.compactMap { variant in
      MergingNotice.capped(variant).map { (variant: variant, text: $0) }
    }
    guard !notices.isEmpty else {
      return [
        NullCheckRecord(
          runID: contents.run.id, kind: .cap, outcome: .passed, detail: "every ratio acts as asked for")
      ]
    }
    return notices.map { notice in
      NullCheckRecord(
        runID: contents.run.id, kind: .cap, variantID: notice.variant.id, outcome: .noted, detail: notice.text
      )
    }
  }
}
