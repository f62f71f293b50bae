import Metrics

extension RunContents {
  /// How many finished pictures lack a score that one of the run's scorers gives, or the measures of their difference
  /// from the baseline.
  public var unscored: Int {
    let known = Set(scores.map(\.slot))
    let (baselines, baselineID) = (baselines, baseline?.id)
    let measures = measures
    let measured = Set(differences.map(\.sampleID))
    let comparesPixels = scorer(.pixels) != nil
    return samples.count { sample in
      guard sample.state == .done else { return false }
      let isCompared = sample.variantID != baselineID && baselines[sample.place] != nil
      if isCompared, comparesPixels, !measured.contains(sample.id) { return true }
      return measures.contains { measure in
        (isCompared || !measure.metric.needsBaseline)
          && !known.contains(
            .init(sampleID: sample.id, metric: measure.metric, scorerID: measure.scorer.id))
      }
    }
  }
}
