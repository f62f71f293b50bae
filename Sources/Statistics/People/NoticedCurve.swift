/// From which step on people notice a change, of pictures that change more from step to step: a survival curve (Kaplan
/// & Meier 1958).
///
/// Every mark is at one of the steps or, where no change was noticed, beyond the last: all are censored at one place,
/// after every event, so that the estimate is plain counting, the share of the marks that lie beyond a step. Each
/// share has the interval of ``ClusteredShare``.
package struct NoticedCurve: Sendable, Hashable {
  package struct Mark: Sendable, Hashable {
    package let prompt: Int64
    package let person: Int64
    /// The first step at which a change was noticed; nil for none.
    package let step: Int?

    package init(prompt: Int64, person: Int64, step: Int?) {
      self.prompt = prompt
      self.person = person
      self.step = step
    }
  }

  /// Of the marks, which still look unchanged at each step.
  package let unchanged: [ClusteredShare]
  package let markCount: Int
  /// The first step at which half or more look changed; nil where that is at none.
  package let median: Int?
  /// Steps that the median may as well be at: from the first at which the share's interval reaches down to one half
  /// to the first at which it lies there or below as a whole (Brookmeyer & Crowley 1982); nil for none of the steps.
  package let earliestMedian: Int?
  package let latestMedian: Int?

  /// - Returns: nil without marks or steps.
  package init?(_ marks: [Mark], steps: Int) {
    let unchanged = (0..<steps).compactMap { step in
      ClusteredShare(
        marks.map { mark in
          .init(prompt: mark.prompt, person: mark.person, value: mark.step.map { $0 > step } ?? true ? 1 : 0)
        })
    }
    guard !unchanged.isEmpty else { return nil }
    self.unchanged = unchanged
    markCount = marks.count
    median = unchanged.firstIndex { $0.estimate.value <= 0.5 }
    earliestMedian = unchanged.firstIndex { ($0.estimate.interval?.lower ?? 0) <= 0.5 }
    latestMedian = unchanged.firstIndex { ($0.estimate.interval?.upper ?? 1) <= 0.5 }
  }
}
