public import Foundation
import Wording

/// How far a sweep is that is still running.
public struct LiveProgress: Sendable {
  /// Seconds after which a page about it loads itself again.
  public static let renewal = 20

  public let finished: Int
  public let total: Int
  /// Nil at the very beginning.
  public let secondsLeft: Double?
  public let date: Date

  public init(finished: Int, total: Int, secondsLeft: Double?, date: Date = Date()) {
    self.finished = finished
    self.total = total
    self.secondsLeft = secondsLeft
    self.date = date
  }

  /// As in `34 of 160 pictures are made; about 4 min left`.
  var sentence: String {
    let made = "\(finished) of \(NumberText.count(total, "picture")) \(finished == 1 ? "is" : "are") made"
    guard let secondsLeft else { return made + "." }
    let minutes = (secondsLeft / 60).rounded()
    let left = minutes < 1 ? "less than a minute" : "about " + NumberText.duration(minutes * 60)
    return "\(made); \(left) left."
  }
}
