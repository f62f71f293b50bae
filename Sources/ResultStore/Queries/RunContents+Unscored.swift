import Metrics

extension RunContents {
  /// How many finished pictures lack a score that one of the run's scorers gives.
  public var unscored: Int {
    let known = Set(scores.map(\.slot))
    let (baselines, baselineID) = (baselines, baseline?.id)
    let measures = measures
    return samples.count { sample in
      guard sample.state == .done else { return false }
      let isCompared = sample.variantID != baselineID && baselines[sample.place] != nil
      return measures.contains { measure in
        (isCompared || !measure.metric.needsBaseline)
          && !known.contains(
            .init(sampleID: sample.id, metric: measure.metric, scorerID: measure.scorer.id))
      }
    }
  }
}
