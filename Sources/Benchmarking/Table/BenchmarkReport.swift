public import Machine
import CheckpointForms
import StableDiffusion
import Statistics
import Tensors
import TokenMerging
import Wording

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

  public init(
    run: BenchmarkRun, rows: [BenchmarkRow], steps: Int, machine: MachineDescription, toolVersion: String,
    isInterrupted: Bool
  ) {
    self.run = run
    self.rows = rows
    self.steps = steps
    self.machine = machine
    self.toolVersion = toolVersion
    self.isInterrupted = isInterrupted
  }

  public var hasFailures: Bool {
    rows.contains { if case .failed = $0.state { true } else { false } }
  }

  /// The row of the same size and batch that the case's saving is measured against.
  func row(_ item: BenchmarkCase) -> BenchmarkRow? { rows.first { $0.item == item } }

  /// Seconds of a whole picture: its steps, and text encoder and decoder where those were measured too.
  func pictureSeconds(_ row: BenchmarkRow) -> Double? {
    guard row.item.part == .unet, let step = row.time?.median else { return nil }
    let others = [BenchmarkPart.vae, .text].compactMap { part in
      rows.first { other in
        other.item.part == part && other.item.batch == row.item.batch
          && (part == .text || (other.item.width, other.item.height) == (row.item.width, row.item.height))
      }?.time?.median
    }
    return (Double(steps) * step + others.reduce(0, +)) / Double(row.item.batch)
  }

  public func text(_ format: Format) -> String {
    let table = table
    let body = format == .markdown ? table.markdown() : table.aligned()
    return ([heading, "", body, ""] + notes).joined(separator: "\n")
  }

  private var table: TextTable {
    let titles = [
      "part", "size", "batch", "attention", "precision", "ToMe", "seconds", "interval", "picture s", "saved",
      "tiled saved",
      "memory", "estimate", "conv", "attn", "merge", "other",
    ]
    let texts: Set = ["part", "size", "attention", "precision", "ToMe"]
    return TextTable(
      columns: titles.map { .init(title: $0, isText: texts.contains($0)) }, rows: rows.map(cells))
  }

  private func cells(_ row: BenchmarkRow) -> [String] {
    let item = row.item
    let isUNet = item.part == .unet
    let head = [
      item.part.rawValue, item.hasSize ? "\(item.width)x\(item.height)" : "", "\(item.batch)",
      isUNet ? item.attention.rawValue : "", isUNet ? item.precision.rawValue : "fp32",
      isUNet ? item.merging.map { NumberText.ratio($0.ratio) } ?? "no" : "",
    ]
    let estimate = NumberText.bytes(row.estimatedBytes)
    func saved(_ other: BenchmarkCase) -> String {
      guard isUNet, other != item, let saving = self.row(other).flatMap(row.saving) else { return "" }
      return NumberText.signed(saving.median, 1) + " %"
    }
    guard let time = row.time else {
      let reason =
        switch row.state {
        case .open: isInterrupted ? "not measured" : ""
        case .tooLarge, .outOfMemory: "out of memory"
        case .failed: "failed"
        }
      return head + [reason] + Array(repeating: "", count: 5) + [estimate] + Array(repeating: "", count: 4)
    }
    let shares = row.shares.map { [$0.convolution, $0.attention, $0.merging, $0.other] } ?? []
    return head + [
      Self.seconds(time.median),
      time.low == time.high ? "" : "\(Self.seconds(time.low))–\(Self.seconds(time.high))",
      pictureSeconds(row).map(Self.seconds) ?? "", saved(item.vanilla),
      item.attention == .tiled ? saved(item.unmerged) : "",
      row.peakMemoryBytes.map(NumberText.bytes) ?? "", estimate,
    ] + shares.map { NumberText.percent($0) }
  }

  private var heading: String {
    let subject =
      switch run.subject {
      case .checkpoint(let location): location.path
      case .folder(let path): path
      case .random(let checkpoint): "random weights of \(checkpoint.rawValue)'s sizes"
      }
    return "\(subject), \(machine.cpu), \(machine.kernelSet), \(NumberText.count(run.threads, "thread"))"
  }

  private var notes: [String] {
    var notes = [
      "seconds: median of \(NumberText.count(run.rounds, "round")) of \(NumberText.count(run.repeats, "run")); of the "
        + "unet, one evaluation for the batch's guidance pairs, which is a step.\(coverage)",
      "picture s: \(steps) steps\(otherParts), divided by the batch. saved: of the time of plain attention "
        + "without merging; tiled saved: of that of tiled attention without merging; both round by round.",
      "memory: highest resident memory of a process that did nothing else, weights included.",
    ]
    if let limit = run.memoryLimit {
      let judge = MemoryLimit.isEnforced ? "" : "; on this system the estimate alone decides"
      notes.append("out of memory: a process may take \(NumberText.bytes(limit))\(judge).")
    }
    for row in rows {
      if case .failed(let reason) = row.state { notes.append("failed: \(row.item.label): \(reason)") }
      if row.state == .outOfMemory {
        notes.append("\(row.item.label) was estimated to fit, but reached the limit.")
      }
    }
    if isInterrupted { notes.append("interrupted: rows are of the rounds that were finished.") }
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

  /// Three significant digits or more.
  static func seconds(_ value: Double) -> String {
    NumberText.fixed(value, value < 1 ? 3 : value < 100 ? 2 : 1)
  }
}

extension BenchmarkCase {
  /// The case in words.
  public var label: String {
    switch part {
    case .text, .clip: return "\(part.rawValue), batch \(batch)"
    case .vae: return "vae \(width)x\(height), batch \(batch)"
    case .unet:
      let merging = merging.map { ", ratio \(NumberText.ratio($0.ratio))" } ?? ""
      return "unet \(width)x\(height), batch \(batch), \(attention.rawValue), \(precision.rawValue)\(merging)"
    }
  }
}
