extension Recommendation {
  /// How sure a recommendation is: the share of bootstrap resamples of the prompts in which the same one comes
  /// out.
  ///
  /// Every resample draws prompts with all their variants, and goes through the same verdicts and the same rule;
  /// its intervals are Student's, because a bootstrap within each resample would cost its square.
  /// - Parameters:
  ///   - samples: In the order of `ratios`; prompts that a sample lacks are left out of it.
  ///   - ratios: Of merging, one of each sample.
  ///   - confidences: Of the samples' intervals, see ``PairedComparison/confidence``; nil for 95 % each.
  ///   - margin: In the score's units.
  ///   - higherIsBetter: Which way the score goes.
  ///   - resamples: How often prompts are drawn.
  ///   - seed: Of the draws.
  /// - Returns: 0…1
  public func sureness<Prompt>(
    _ samples: [PairedSample<Prompt>], ratios: [Double], confidences: [Double]? = nil, margin: Double,
    higherIsBetter: Bool = true, resamples: Int = Recommendation.resamples, seed: UInt64 = 0
  ) -> Double {
    precondition(samples.count == ratios.count, "\(samples.count) samples of \(ratios.count) ratios")
    var position: [Prompt: Int] = [:]
    for prompt in samples.flatMap(\.prompts) where position[prompt] == nil {
      position[prompt] = position.count
    }
    let columns = samples.map { sample in
      var column = [Double](repeating: .nan, count: position.count)
      for (prompt, difference) in zip(sample.prompts, sample.differences) {
        if let row = position[prompt] { column[row] = difference }
      }
      return column
    }
    var random = SplitMix64(seed: seed)
    var same = 0
    var indices = [Int](repeating: 0, count: position.count)
    let confidences = confidences ?? ratios.map { _ in 0.95 }
    precondition(confidences.count == ratios.count, "\(confidences.count) levels of \(ratios.count) ratios")
    var quantiles: [Reach: Double] = [:]
    for _ in 0..<resamples {
      for row in indices.indices { indices[row] = random.index(below: indices.count) }
      let summaries = zip(columns, confidences).map { column, confidence in
        Summary(
          indices.lazy.map { column[$0] }.filter { !$0.isNaN }, confidence: confidence, quantiles: &quantiles)
      }
      let candidates = summaries.indices.compactMap { index -> Candidate? in
        let summary = summaries[index]
        guard summary.count > 0 else { return nil }
        let verdict = Verdict(
          difference: summary.difference, promptCount: summary.count, margin: margin,
          higherIsBetter: higherIsBetter)
        return Candidate(
          ratio: ratios[index], verdict: verdict, promptCount: summary.count, promptsNeeded: nil)
      }
      if Recommendation(candidates)?.hasSameAdvice(as: self) == true { same += 1 }
    }
    return Double(same) / Double(resamples)
  }

  private func hasSameAdvice(as other: Recommendation) -> Bool {
    switch (self, other) {
    case (.ratio(let one), .ratio(let two)): one == two
    case (.noneSafe, .noneSafe), (.undecided, .undecided), (.tooFewPrompts, .tooFewPrompts): true
    default: false
    }
  }

  /// What Student's quantile depends on.
  private struct Reach: Hashable { let count: Int, confidence: Double }

  /// A resample's mean difference with Student's interval.
  private struct Summary {
    let count: Int
    let difference: Estimate

    /// - Parameter quantiles: Student's, as far as they are known.
    init(_ differences: some Sequence<Double>, confidence: Double, quantiles: inout [Reach: Double]) {
      var (count, sum, squares) = (0, 0.0, 0.0)
      for difference in differences {
        count += 1
        sum += difference
        squares += difference * difference
      }
      self.count = count
      let n = Double(count)
      let mean = count > 0 ? sum / n : 0
      guard count > 1 else {
        difference = Estimate(value: mean, interval: nil)
        return
      }
      let error = (max(0, squares - n * mean * mean) / (n * (n - 1))).squareRoot()
      let student = StudentT(degreesOfFreedom: count - 1)
      let key = Reach(count: count, confidence: confidence)
      let quantile = quantiles[key] ?? student.quantile((1 + confidence) / 2)
      quantiles[key] = quantile
      let reach = quantile * error
      difference = Estimate(value: mean, interval: Interval(lower: mean - reach, upper: mean + reach))
    }
  }
}
