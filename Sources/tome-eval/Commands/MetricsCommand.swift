import ArgumentParser
import Metrics

struct MetricsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "metrics",
    abstract: "Say what is measured: every metric's formula, settings and needs.",
    discussion: """
        tome-eval metrics
        tome-eval metrics --json
      """)

  @Flag(help: "Print the metrics as JSON.")
  var json = false

  private struct Entry: Encodable {
    let name: String
    let title: String
    let unit: String
    let better: String
    let decimals: Int
    let formula: String
    let needs: [String]
    let minimumSide: Int

    init(_ metric: Metric) {
      name = metric.key
      title = metric.title
      unit = metric.unit
      better = metric.betterDirection.rawValue
      decimals = metric.decimals
      formula = metric.formula
      needs = metric.needs
      minimumSide = metric.minimumSide
    }
  }

  func run() throws {
    if json { return try Terminal.printJSON(Metric.allCases.map(Entry.init)) }
    let entries = Metric.allCases.map { metric in
      let unit = metric.unit.isEmpty ? "" : ", in \(metric.unit)"
      return """
        \(metric.key): \(metric.title)\(unit), better when \(metric.betterDirection)
          \(metric.formula)
          needs \(metric.needs.joined(separator: ", "))
        """
    }
    try Terminal.print(entries.joined(separator: "\n\n"))
  }
}

extension Metric {
  /// What must be there for it to be measured.
  fileprivate var needs: [String] {
    var needs: [String] = []
    switch scorer {
    case .pixels: break
    case .clip: needs.append("a CLIP checkpoint (--clip)")
    case .pick: needs.append("a preference model (--scorer pickscore=DIR)")
    case .aesthetic:
      needs.append("an aesthetic predictor (--aesthetic) and the CLIP checkpoint that it is for (--clip)")
    case .lpips: needs.append("LPIPS weights (--lpips)")
    }
    if needsBaseline {
      needs.append("the picture without merging")
    } else if scorer != .aesthetic {
      needs.append("the prompt")
    }
    return needs
  }
}
