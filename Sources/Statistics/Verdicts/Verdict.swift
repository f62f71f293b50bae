/// What a paired comparison of one variant with the baseline lets one say.
public enum Verdict: String, Hashable, Sendable, Codable, CaseIterable {
  /// The whole interval lies inside the margin: whatever the difference is, it is too small to matter.
  case equivalent
  /// Different, for the worse.
  case worse
  /// Different, for the better.
  case better
  /// Neither shown to differ nor shown not to.
  case inconclusive
  /// Not judged: fewer prompts than ``minimumPrompts``.
  case tooFew = "too_few"

  /// With fewer prompts even the exact sign-flip test cannot reach 0.05 (2 / 2^5 = 0.0625), and no claim is made.
  public static let minimumPrompts = 6

  /// The one place where numbers become a verdict.
  ///
  /// `equivalent` comes first: with enough data a harmless difference is significant, too. The test is the
  /// confidence-interval form of two one-sided tests (Schuirmann 1987); a 95 % interval makes each of them
  /// one at 2.5 %, and intervals that hold together all of them at once.
  /// - Parameters:
  ///   - difference: Mean of variant minus baseline with its interval, in the score's units.
  ///   - adjustedPValue: Two-sided, after all variants compared, where the interval is of one alone; left out where the
  ///     intervals hold together, and decide.
  ///   - promptCount: Prompts that the difference is of.
  ///   - margin: In the score's units.
  ///   - higherIsBetter: Which way the score goes.
  ///   - level: Of significance, for the adjusted p-value.
  public init(
    difference: Estimate, adjustedPValue: Double? = nil, promptCount: Int, margin: Double,
    higherIsBetter: Bool = true, level: Double = 0.05
  ) {
    guard promptCount >= Self.minimumPrompts, let interval = difference.interval else {
      self = .tooFew
      return
    }
    if interval.isInside(margin: margin) {
      self = .equivalent
    } else if Self.isSignificant(difference: difference, adjustedPValue: adjustedPValue, level: level) {
      self = (difference.value > 0) == higherIsBetter ? .better : .worse
    } else {
      self = .inconclusive
    }
  }

  /// Whether a difference is shown by its interval, and by its adjusted p-value where it has one.
  package static func isSignificant(
    difference: Estimate, adjustedPValue: Double? = nil, level: Double = 0.05
  ) -> Bool {
    adjustedPValue.map { $0 < level } != false && difference.interval.map { !$0.contains(0) } == true
  }
}
