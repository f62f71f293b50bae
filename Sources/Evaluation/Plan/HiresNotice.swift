public import Pictures
import Wording

/// What a user should know of a second pass beforehand.
public enum HiresNotice {
  /// Of one that begins with nothing but noise, although its strength does not say so: its steps are the last of as many
  /// as the strength makes of them, rounded down. Nil for others.
  public static func of(_ sampling: Sampling) -> String? {
    guard let hires = sampling.hires, hires.strength < wholeStrength,
      let steps = hires.steps ?? sampling.steps,
      Int(Double(steps) / hires.strength) == steps
    else { return nil }
    return "a second pass of \(NumberText.count(steps, "step")) with a strength of "
      + "\(NumberText.exact(hires.strength)) goes all of the way: that many steps are the share of no more than "
      + "\(steps), and little or nothing is left of the first pass; give it more steps, or a lower strength"
  }

  /// From here on all of the way is asked for, as in the web UI.
  private static let wholeStrength = 0.999
}
