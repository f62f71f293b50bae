import CheckpointForms
import Pictures
import StableDiffusion
import Statistics
import Tensors
import TokenMerging

/// The report for programs, in the names of the fields below; what was not measured is null.
extension BenchmarkReport: Encodable {
  private enum CodingKeys: String, CodingKey {
    case toolVersion, machine, model, threads, steps, rounds, repeats, memoryLimitBytes, interrupted, rows
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(toolVersion, forKey: .toolVersion)
    try container.encode(machine, forKey: .machine)
    switch run.subject {
    case .checkpoint(let location): try container.encode(location.path, forKey: .model)
    case .folder(let path): try container.encode(path, forKey: .model)
    case .random(let checkpoint): try container.encode("random \(checkpoint.rawValue)", forKey: .model)
    }
    try container.encode(run.threads, forKey: .threads)
    try container.encode(steps, forKey: .steps)
    try container.encode(run.rounds, forKey: .rounds)
    try container.encode(run.repeats, forKey: .repeats)
    try container.encode(run.memoryLimit, forKey: .memoryLimitBytes)
    try container.encode(isInterrupted, forKey: .interrupted)
    try container.encode(rows.map { Row($0, of: self) }, forKey: .rows)
  }

  private struct Row: Encodable {
    let row: BenchmarkRow
    let pictureSeconds: Double?
    let saved: MedianInterval?
    let tiledSaved: MedianInterval?

    enum CodingKeys: String, CodingKey {
      case part, width, height, batch, attention, precision, merging, state, reason, seconds, runs,
        firstSeconds,
        timeShares
      case pictureSeconds, savedPercent, tiledSavedPercent, peakMemoryBytes, estimatedBytes
    }

    init(_ row: BenchmarkRow, of report: BenchmarkReport) {
      self.row = row
      pictureSeconds = report.pictureSeconds(row)
      func saving(_ other: BenchmarkCase) -> MedianInterval? {
        guard row.item.part == .unet, other != row.item else { return nil }
        return report.row(other).flatMap(row.saving)
      }
      saved = saving(row.item.vanilla)
      tiledSaved = row.item.attention == .tiled ? saving(row.item.unmerged) : nil
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      let item = row.item
      try container.encode(item.part, forKey: .part)
      try container.encode(item.width, forKey: .width)
      try container.encode(item.height, forKey: .height)
      try container.encode(item.batch, forKey: .batch)
      try container.encode(item.attention, forKey: .attention)
      try container.encode(item.precision, forKey: .precision)
      try container.encode(item.merging, forKey: .merging)
      try container.encode(state, forKey: .state)
      try container.encode(reason, forKey: .reason)
      try container.encode(row.time, forKey: .seconds)
      try container.encode(row.seconds, forKey: .runs)
      try container.encode(
        row.figures.sorted { $0.key < $1.key }.map(\.value.firstSeconds), forKey: .firstSeconds)
      try container.encode(row.shares, forKey: .timeShares)
      try container.encode(pictureSeconds, forKey: .pictureSeconds)
      try container.encode(saved, forKey: .savedPercent)
      try container.encode(tiledSaved, forKey: .tiledSavedPercent)
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
}
