import Evaluation
import Foundation
import ResultStore

/// Shows how far a sweep is: one line that renews itself on a terminal, a line per
/// picture elsewhere.
final class ProgressReporter {
  private var lastUpdate = ContinuousClock.now - .seconds(1)

  func report(_ event: SweepEvent) {
    switch event {
    case .truncated(let prompt):
      clear()
      Terminal.warn("\(shortened(prompt)): longer than the model reads; its end has no effect")
    case .notice(let notice):
      clear()
      Terminal.warn(notice)
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
        let outcome = failure ?? sample.seconds.map { "\(seconds($0))" } ?? ""
        Terminal.log("\(line(progress)) · \(outcome)")
      }
    }
  }

  /// Ends the line of a terminal.
  func finish() { clear() }

  private func clear() {
    if Terminal.isErrorTerminal { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
  }

  private func renew(_ text: String) {
    lastUpdate = .now
    FileHandle.standardError.write(Data("\r\u{1B}[K\(text.prefix(Terminal.columns - 1))".utf8))
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
      text += rate >= 1 ? " \(tenths(rate)) pictures/s" : " \(seconds(1 / rate))/picture"
      text += ", \(duration(left)) left"
    }
    return "\(text) · \(title(progress))"
  }

  private func tenths(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }

  private func seconds(_ value: Double) -> String {
    value >= 1 ? "\(tenths(value)) s" : "\(Int((value * 1000).rounded())) ms"
  }

  private func duration(_ seconds: Double) -> String {
    let total = Int(seconds.rounded(.up))
    if total < 60 { return "\(total) s" }
    if total < 3600 { return "\(total / 60) min \(total % 60) s" }
    return "\(total / 3600) h \(total % 3600 / 60) min"
  }
}
