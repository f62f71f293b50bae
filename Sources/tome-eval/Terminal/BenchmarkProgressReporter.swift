import Benchmarking
import Wording

/// Shows how far a benchmark is: what runs now and how long all will take on a terminal, a line per turn elsewhere.
struct BenchmarkProgressReporter {
  func report(_ progress: BenchmarkProgress) {
    let line = line(progress)
    guard let outcome = progress.outcome else {
      if Terminal.isErrorTerminal { ProgressLine.renew(line) }
      return
    }
    if case .failed(let reason) = outcome {
      ProgressLine.clear()
      Terminal.warn("\(name(progress)): \(reason)")
    }
    if Terminal.isErrorTerminal {
      ProgressLine.renew(line)
    } else {
      Terminal.log("\(line) · \(words(outcome))")
    }
  }

  /// Ends the line of a terminal.
  func finish() { ProgressLine.clear() }

  private func line(_ progress: BenchmarkProgress) -> String {
    var text = "[\(progress.finished)/\(progress.total)]"
    if let left = progress.secondsLeft { text += " \(NumberText.duration(left)) left" }
    return "\(text) · round \(progress.round + 1) · \(name(progress))"
  }

  private func name(_ progress: BenchmarkProgress) -> String {
    progress.item.label + (progress.program == .own ? "" : ", \(progress.program.rawValue)")
  }

  private func words(_ outcome: TurnOutcome) -> String {
    switch outcome {
    case .measured(let figures):
      figures.seconds.map(ProgressLine.seconds).joined(separator: ", ")
    case .outOfMemory: "out of memory"
    case .failed: "failed"
    case .interrupted: "interrupted"
    }
  }
}
