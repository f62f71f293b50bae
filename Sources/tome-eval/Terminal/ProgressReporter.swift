import Engines
import Evaluation
import ResultStore
import Wording

/// Shows how far a sweep is: one line that renews itself on a terminal, a line per
/// picture elsewhere.
final class ProgressReporter {
  private var lastUpdate = ContinuousClock.now - .seconds(1)
  private var said: Set<UnreadText> = []

  func report(_ event: SweepEvent) {
    switch event {
    case .began: break
    case .truncated(let prompt, let unread):
      // That of all prompts is one.
      if unread.kind == .negativePrompt, !said.insert(unread).inserted { return }
      clear()
      Terminal.warn("\(shortened(prompt)): \(unread)")
    case .notice(let notice):
      clear()
      Terminal.warn(notice)
    case .took(let count):
      clear()
      Terminal.log("\(NumberText.count(count, "picture")) taken from other stores of the run")
    case .warmingUp(let words):
      if Terminal.isErrorTerminal {
        renew("warming up: \(words)")
      } else {
        Terminal.log("warming up: \(words)")
      }
    case .step(let progress):
      guard Terminal.isErrorTerminal, lastUpdate.duration(to: .now) > .milliseconds(100) else { return }
      renew(line(progress) + " · step \(progress.step)/\(progress.steps)")
    case .check(let progress, let check):
      if Terminal.isErrorTerminal {
        renew(line(progress))
      } else {
        Terminal.log("\(line(progress)) · check \(check.outcome.rawValue)")
      }
    case .picture(let progress, let sample):
      let failure = sample.error.map { "failed: \($0)" }
      if Terminal.isErrorTerminal {
        if let failure {
          clear()
          Terminal.log("\(title(progress)): \(failure)")
        }
        renew(line(progress))
      } else {
        let outcome = failure ?? sample.seconds.map { "\(ProgressLine.seconds($0))" } ?? ""
        Terminal.log("\(line(progress)) · \(outcome)")
      }
    }
  }

  /// Ends the line of a terminal.
  func finish() { clear() }

  private func clear() { ProgressLine.clear() }

  private func renew(_ text: String) {
    lastUpdate = .now
    ProgressLine.renew(text)
  }

  private func title(_ progress: SweepProgress) -> String {
    "\(shortened(progress.prompt)) · \(progress.variant) · seed \(progress.seed)"
  }

  private func shortened(_ prompt: String) -> String {
    prompt.count > 40 ? prompt.prefix(39) + "…" : prompt
  }

  private func line(_ progress: SweepProgress) -> String {
    var text = "[\(progress.finished)/\(progress.total)]"
    if let rate = progress.picturesPerSecond, let left = progress.secondsLeft {
      text +=
        rate >= 1 ? " \(ProgressLine.tenths(rate)) pictures/s" : " \(ProgressLine.seconds(1 / rate))/picture"
      text += ", \(NumberText.duration(left)) left"
    }
    return "\(text) · \(title(progress))"
  }
}
