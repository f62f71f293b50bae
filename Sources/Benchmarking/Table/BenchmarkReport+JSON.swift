import Comparisons
import Pictures
import StableDiffusion
import Statistics
import Tensors
import TokenMerging

/// The report for programs, in the names of the fields below; what was not measured is null.
extension BenchmarkReport: Encodable {
  private enum CodingKeys: String, CodingKey {
    case toolVersion, machine, model, threads, steps, rounds, repeats, memoryLimitBytes, interrupted, peer
    case baseline, gates, rows
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(toolVersion, forKey: .toolVersion)
    try container.encode(machine, forKey: .machine)
    try container.encode(run.subject.name, forKey: .model)
    try container.encode(run.threads, forKey: .threads)
    try container.encode(steps, forKey: .steps)
    try container.encode(run.rounds, forKey: .rounds)
    try container.encode(run.repeats, forKey: .repeats)
    try container.encode(run.memoryLimit, forKey: .memoryLimitBytes)
    try container.encode(isInterrupted, forKey: .interrupted)
    try container.encode(run.peer, forKey: .peer)
    try container.encode(baseline?.path, forKey: .baseline)
    try container.encode(checks, forKey: .gates)
    try container.encode(rows.map { Row($0, of: self) }, forKey: .rows)
  }

  private struct Row: Encodable {
    let row: BenchmarkRow
    let report: BenchmarkReport

    enum CodingKeys: String, CodingKey {
      case part, width, height, batch, program, attention, precision, weightsResident, merging, state, reason
      case seconds, turns, timeShares, pictureSeconds, savedPercent, speedup, tiledSavedPercent, tiledSpeedup
      case peerRatio, secondsRatio, peakMemoryBytes, estimatedBytes
    }

    init(_ row: BenchmarkRow, of report: BenchmarkReport) {
      self.row = row
      self.report = report
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      let item = row.item
      try container.encode(item.part, forKey: .part)
      try container.encode(item.width, forKey: .width)
      try container.encode(item.height, forKey: .height)
      try container.encode(item.batch, forKey: .batch)
      try container.encode(row.program, forKey: .program)
      try container.encode(item.attention, forKey: .attention)
      try container.encode(item.precision, forKey: .precision)
      try container.encode(item.resident, forKey: .weightsResident)
      try container.encode(item.merging, forKey: .merging)
      try container.encode(state, forKey: .state)
      try container.encode(reason, forKey: .reason)
      try container.encode(row.time, forKey: .seconds)
      try container.encode(
        row.figures.sorted { $0.key < $1.key }.map { Turn(round: $0.key + 1, figures: $0.value) },
        forKey: .turns)
      try container.encode(row.shares, forKey: .timeShares)
      try container.encode(report.pictureSeconds(row), forKey: .pictureSeconds)
      let (speedup, tiledSpeedup) = (report.speedup(row), report.tiledSpeedup(row))
      try container.encode(speedup.map { Bounds($0.savedPercent) }, forKey: .savedPercent)
      try container.encode(speedup.map(Ratio.init), forKey: .speedup)
      try container.encode(tiledSpeedup.map { Bounds($0.savedPercent) }, forKey: .tiledSavedPercent)
      try container.encode(tiledSpeedup.map(Ratio.init), forKey: .tiledSpeedup)
      try container.encode(report.peerRatio(row).map(Ratio.init), forKey: .peerRatio)
      try container.encode(report.secondsRatio(row).map(Ratio.init), forKey: .secondsRatio)
      try container.encode(row.peakMemoryBytes, forKey: .peakMemoryBytes)
      try container.encode(row.estimatedBytes, forKey: .estimatedBytes)
    }

    private var state: String {
      switch row.state {
      case .open: row.time == nil ? "not measured" : "measured"
      case .tooLarge, .outOfMemory: "out of memory"
      case .failed: "failed"
      }
    }

    private var reason: String? {
      switch row.state {
      case .open: nil
      case .tooLarge: "estimated to need more than the limit"
      case .outOfMemory: "ended by the limit"
      case .failed(let reason): reason
      }
    }
  }

  /// All that one process measured, in seconds.
  private struct Turn: Encodable {
    let round: Int
    let seconds: [Double]
    let firstSeconds: Double
    let peakMemoryBytes: Int?

    init(round: Int, figures: BenchmarkFigures) {
      self.round = round
      seconds = figures.seconds
      firstSeconds = figures.firstSeconds
      peakMemoryBytes = figures.peakMemoryBytes
    }
  }

  private struct Bounds: Encodable {
    let estimate: Estimate

    enum CodingKeys: String, CodingKey { case value, ciLow, ciHigh }

    init(_ estimate: Estimate) { self.estimate = estimate }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(estimate.value, forKey: .value)
      try container.encode(estimate.interval?.lower, forKey: .ciLow)
      try container.encode(estimate.interval?.upper, forKey: .ciHigh)
    }
  }

  /// The ends of the interval are null of fewer than three rounds; least and greatest are always there.
  private struct Ratio: Encodable {
    let ratio: LogRatio

    enum CodingKeys: String, CodingKey {
      case ratio, ciLow, ciHigh, least, greatest, logMean, logCiLow, logCiHigh, rounds
    }

    init(_ ratio: LogRatio) { self.ratio = ratio }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      let estimate = ratio.estimate
      try container.encode(estimate.value, forKey: .ratio)
      try container.encode(estimate.interval?.lower, forKey: .ciLow)
      try container.encode(estimate.interval?.upper, forKey: .ciHigh)
      try container.encode(ratio.range.lower, forKey: .least)
      try container.encode(ratio.range.upper, forKey: .greatest)
      try container.encode(ratio.logMean, forKey: .logMean)
      try container.encode(ratio.logInterval?.lower, forKey: .logCiLow)
      try container.encode(ratio.logInterval?.upper, forKey: .logCiHigh)
      try container.encode(ratio.count, forKey: .rounds)
    }
  }
}
