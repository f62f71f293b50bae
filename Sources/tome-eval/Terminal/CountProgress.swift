import Wording

/// How many of equal pieces of work are done, on the one line of a terminal.
///
/// Unchecked: told from any thread, but by one at a time.
final class CountProgress: @unchecked Sendable {
  private let verb: String
  private let start = ContinuousClock.now
  private var last = ContinuousClock.now - .seconds(1)

  /// - Parameter verb: as in `reading`
  init(_ verb: String) { self.verb = verb }

  func show(_ done: Int, _ total: Int) {
    guard Terminal.isErrorTerminal, last.duration(to: .now) > .milliseconds(100) else { return }
    last = .now
    let seconds = start.duration(to: .now) / .seconds(1)
    let left = done > 0 ? ", \(NumberText.duration(seconds / Double(done) * Double(total - done))) left" : ""
    ProgressLine.renew("[\(done)/\(total)] \(verb)\(left)")
  }

  /// Ends the line.
  func finish() { ProgressLine.clear() }
}
