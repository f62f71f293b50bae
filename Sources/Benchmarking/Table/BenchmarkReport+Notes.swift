import Comparisons
import Statistics
import Wording

/// What stands below the table.
extension BenchmarkReport {
  var notes: [String] {
    var notes = [
      "seconds: median of \(NumberText.count(run.rounds, "round")) of \(NumberText.count(run.repeats, "run")); of the "
        + "unet, one evaluation for the batch's guidance pairs, which is a step.\(coverage)",
      "picture s: \(steps) steps\(otherParts), divided by the batch. saved and speed-up: against plain attention "
        + "without merging; tiled saved and tiled speed-up: against tiled attention without merging.",
    ]
    notes += ratioNotes + peerNotes
    notes.append("memory: highest resident memory of a process that did nothing else, weights included.")
    if let limit = run.memoryLimit {
      let judge = MemoryLimit.isEnforced ? "" : "; on this system the estimate alone decides"
      notes.append("out of memory: a process may take \(NumberText.bytes(limit))\(judge).")
    }
    for row in rows {
      let name = row.item.label + (row.program == .own ? "" : ", \(row.program.rawValue)")
      if case .failed(let reason) = row.state { notes.append("failed: \(name): \(reason)") }
      if row.state == .outOfMemory { notes.append("\(name) was estimated to fit, but reached the limit.") }
    }
    if isInterrupted { notes.append("interrupted: rows are of the rounds that were finished.") }
    return notes + checks.map(\.line)
  }

  /// What the intervals of quotients are.
  private var ratioNotes: [String] {
    let ratios = rows.flatMap { row in
      [speedup(row), tiledSpeedup(row), peerRatio(row), secondsRatio(row)].compactMap(\.self)
    }
    guard !ratios.isEmpty else { return [] }
    var text = "Quotients are of neighbouring turns of the same round, their logarithms averaged"
    if ratios.contains(where: { $0.logInterval != nil }) {
      text += "; in square brackets the 95 % interval over rounds (Student's t of the logarithms)"
    }
    if ratios.contains(where: { $0.logInterval == nil && $0.count > 1 }) {
      text +=
        "; in round brackets the least and the greatest, which are no interval: that needs \(LogRatio.leastCount) rounds"
    }
    if ratios.contains(where: { $0.count == 1 }) { text += "; of one round there is no interval" }
    return [text + "."]
  }

  private var peerNotes: [String] {
    var notes: [String] = []
    if let peer = run.peer {
      notes.append(
        "torch: \(peer.command): \(peer.label); \(NumberText.count(peer.threads, "thread")), as here. ÷ torch: our "
          + "time over the peer's turn right after it. Its memory is the highest from after loading on; it has no limit."
      )
      if case .random = run.subject {
        notes.append("torch has random weights of the same configurations, drawn by its own generator.")
      }
    }
    if let baseline {
      notes.append(
        "÷ baseline: our time over that of \(baseline.path), of version \(baseline.toolVersion), which was measured at "
          + "another time: its rounds are not paired with these (Welch's interval).")
    }
    return notes
  }

  private var coverage: String {
    let values = Set(rows.compactMap { $0.time?.coverage }).subtracting([0])
    guard let least = values.min(), let most = values.max() else { return "" }
    func percent(_ value: Double) -> String { NumberText.fixed(100 * value, 0) }
    let share = least == most ? percent(least) : "\(percent(least)) to \(percent(most))"
    return " The interval covers the median in \(share) % of cases."
  }

  private var otherParts: String {
    let parts = Set(rows.filter { $0.time != nil }.map(\.item.part)).subtracting([.unet, .clip])
    return parts.isEmpty ? " alone" : ", " + parts.map(\.rawValue).sorted().joined(separator: " and ")
  }
}
