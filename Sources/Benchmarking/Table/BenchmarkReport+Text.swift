import CheckpointForms
import Machine
import StableDiffusion
import Statistics
import Tensors
import TokenMerging
import Wording

extension BenchmarkReport {
  public func text(_ format: Format) -> String {
    let table = table
    let body = format == .markdown ? table.markdown() : table.aligned()
    return ([heading, "", body, ""] + notes).joined(separator: "\n")
  }

  /// A column of the table.
  private struct Column {
    let title: String
    var isText = false
    let cell: (BenchmarkRow) -> String
  }

  private var table: TextTable {
    let columns = columns
    return TextTable(
      columns: columns.map { .init(title: $0.title, isText: $0.isText) },
      rows: rows.map { row in columns.map { $0.cell(row) } })
  }

  private var columns: [Column] {
    var columns = [
      Column(title: "part", isText: true) { $0.item.part.rawValue },
      Column(title: "size", isText: true) { $0.item.hasSize ? "\($0.item.width)x\($0.item.height)" : "" },
      Column(title: "batch") { "\($0.item.batch)" },
    ]
    if run.peer != nil { columns.append(Column(title: "by", isText: true, cell: \.program.rawValue)) }
    func ofUNet(_ text: @escaping (BenchmarkCase) -> String) -> (BenchmarkRow) -> String {
      { $0.item.part == .unet ? text($0.item) : "" }
    }
    columns += [
      Column(title: "attention", isText: true, cell: ofUNet(\.attention.rawValue)),
      Column(title: "precision", isText: true, cell: \.item.precision.rawValue),
      Column(
        title: "ToMe", isText: true, cell: ofUNet { $0.merging.map { NumberText.ratio($0.ratio) } ?? "no" }),
      Column(title: "seconds", cell: seconds), Column(title: "interval", cell: interval),
      Column(title: "picture s") { pictureSeconds($0).map(Self.seconds) ?? "" },
      Column(title: "saved") { Self.saved(speedup($0)) },
      Column(title: "speed-up") { speedup($0).map(RatioText.text) ?? "" },
      Column(title: "tiled saved") { Self.saved(tiledSpeedup($0)) },
      Column(title: "tiled speed-up") { tiledSpeedup($0).map(RatioText.text) ?? "" },
    ]
    if run.peer != nil {
      columns.append(Column(title: "÷ torch") { peerRatio($0).map(RatioText.text) ?? "" })
    }
    if baseline != nil {
      columns.append(Column(title: "÷ baseline") { secondsRatio($0).map(RatioText.text) ?? "" })
    }
    columns += [
      Column(title: "memory") { $0.peakMemoryBytes.map(NumberText.bytes) ?? "" },
      Column(title: "estimate") { $0.estimatedBytes.map(NumberText.bytes) ?? "" },
    ]
    let kinds: [(String, (TimeSplitRecord) -> Double)] = [
      ("conv", \.convolution), ("attn", \.attention), ("merge", \.merging), ("other", \.other),
    ]
    columns += kinds.map { title, share in
      Column(title: title) { $0.shares.map { NumberText.percent(share($0)) } ?? "" }
    }
    return columns
  }

  private func seconds(_ row: BenchmarkRow) -> String {
    if let time = row.time { return Self.seconds(time.median) }
    return switch row.state {
    case .open: isInterrupted ? "not measured" : row.program == .own ? "" : "not run"
    case .tooLarge, .outOfMemory: "out of memory"
    case .failed: "failed"
    }
  }

  private func interval(_ row: BenchmarkRow) -> String {
    guard let time = row.time, time.low != time.high else { return "" }
    return "\(Self.seconds(time.low))–\(Self.seconds(time.high))"
  }

  private static func saved(_ speedup: LogRatio?) -> String {
    speedup.map { NumberText.signed($0.savedPercent.value, 1) + " %" } ?? ""
  }

  private var heading: String {
    let subject =
      switch run.subject {
      case .random(let checkpoint): "random weights of \(checkpoint.rawValue)'s sizes"
      default: run.subject.name
      }
    return "\(subject), \(machine.cpu), \(machine.kernelSet), \(NumberText.count(run.threads, "thread"))"
  }

  /// Three significant digits or more.
  static func seconds(_ value: Double) -> String {
    NumberText.fixed(value, value < 1 ? 3 : value < 100 ? 2 : 1)
  }
}

/// A quotient of times as the table has it.
enum RatioText {
  /// With Student's interval, as in `1.27x [1.24, 1.30]`; of two rounds with the least and the greatest, as in
  /// `1.27x (1.24 to 1.30)`.
  static func text(_ ratio: LogRatio) -> String {
    func fixed(_ value: Double) -> String { NumberText.fixed(value, 2) }
    let value = fixed(ratio.estimate.value) + "x"
    if let interval = ratio.estimate.interval {
      return "\(value) [\(fixed(interval.lower)), \(fixed(interval.upper))]"
    }
    guard ratio.range.lower < ratio.range.upper else { return value }
    return "\(value) (\(fixed(ratio.range.lower)) to \(fixed(ratio.range.upper)))"
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
