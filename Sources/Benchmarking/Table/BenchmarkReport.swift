public import Machine
import Statistics
import Tensors

/// A finished or interrupted benchmark as people and programs read it.
public struct BenchmarkReport: Sendable {
  public enum Format: String, Sendable, CaseIterable { case text, markdown }

  let run: BenchmarkRun
  let rows: [BenchmarkRow]
  /// Steps of the pictures whose time is estimated.
  let steps: Int
  let machine: MachineDescription
  let toolVersion: String
  let isInterrupted: Bool
  let baseline: BenchmarkBaseline?
  let gates: [BenchmarkGate]

  /// - Parameter baseline: what rows are compared with besides
  public init(
    run: BenchmarkRun, rows: [BenchmarkRow], steps: Int, machine: MachineDescription, toolVersion: String,
    isInterrupted: Bool, baseline: BenchmarkBaseline? = nil, gates: [BenchmarkGate] = []
  ) {
    self.run = run
    self.rows = rows
    self.steps = steps
    self.machine = machine
    self.toolVersion = toolVersion
    self.isInterrupted = isInterrupted
    self.baseline = baseline
    self.gates = gates
  }

  public var hasFailures: Bool {
    rows.contains { if case .failed = $0.state { true } else { false } }
  }

  func row(_ item: BenchmarkCase, by program: BenchmarkProgram = .own) -> BenchmarkRow? {
    rows.first { $0.item == item && $0.program == program }
  }

  /// Seconds of a whole picture: its steps, and text encoder and decoder where those were measured too.
  func pictureSeconds(_ row: BenchmarkRow) -> Double? {
    guard row.item.part == .unet, let step = row.time?.median else { return nil }
    let others = [BenchmarkPart.vae, .text].compactMap { part in
      rows.first { other in
        other.item.part == part && other.item.batch == row.item.batch && other.program == row.program
          && (part == .text || (other.item.width, other.item.height) == (row.item.width, row.item.height))
      }?.time?.median
    }
    return (Double(steps) * step + others.reduce(0, +)) / Double(row.item.batch)
  }

  // MARK: - Quotients

  /// How many times as fast a step is as by plain attention without merging, of the same program.
  func speedup(_ row: BenchmarkRow) -> LogRatio? { speedup(row, over: row.item.vanilla) }

  /// How many times as fast a step by tiled attention is as without merging.
  func tiledSpeedup(_ row: BenchmarkRow) -> LogRatio? {
    row.item.attention == .tiled ? speedup(row, over: row.item.unmerged) : nil
  }

  private func speedup(_ row: BenchmarkRow, over other: BenchmarkCase) -> LogRatio? {
    guard row.item.part == .unet, other != row.item else { return nil }
    return self.row(other, by: row.program)?.secondsRatio(to: row)
  }

  /// How many times as long one of our turns takes as the peer's right after it.
  func peerRatio(_ row: BenchmarkRow) -> LogRatio? {
    guard row.program == .own else { return nil }
    return self.row(row.item, by: .torch).flatMap(row.secondsRatio)
  }

  /// How many times as long one of our turns takes as it did in the baseline.
  func secondsRatio(_ row: BenchmarkRow) -> LogRatio? {
    row.program == .own ? baseline?.secondsRatio(row) : nil
  }
}

extension LogRatio {
  /// Of a speed-up: how much of the time it saves, in percent, as 100 · (1 − 1 / speed-up).
  var savedPercent: Estimate {
    func saved(_ speedup: Double) -> Double { 100 * (1 - 1 / speedup) }
    return Estimate(
      value: saved(estimate.value),
      interval: estimate.interval.map { Interval(lower: saved($0.lower), upper: saved($0.upper)) })
  }
}
