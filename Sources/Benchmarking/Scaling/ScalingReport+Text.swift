import Wording

extension ScalingReport {
  /// Places that are listed.
  private static let listed = 10

  package func text() -> String {
    let merging = ratio.map { ", ratio \(NumberText.ratio($0))" } ?? ", no merging"
    let heading =
      "a step of \(width)x\(height), \(precision)\(merging); seconds are medians of "
      + NumberText.count(rounds, "round")
    let worst = places.prefix(Self.listed).filter { $0.lost > 0 }
    let blocks: [[String]] = [
      [heading],
      [measured.aligned()],
      [
        "outside: ms on one thread that are in no parallel loop. serial: what Amdahl's law makes of the times."
      ],
      ["what the cut of the loops allows, from their chunks on one thread:", predicted.aligned()],
      ["the worst at \(Self.judgedThreads) threads:", Self.table(worst).aligned()],
      verdict,
    ]
    return blocks.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
  }

  private var rows: [PartScaling] { parts + [step] }

  private var measured: TextTable {
    let counts = step.timings.map(\.threads)
    let columns =
      [TextTable.Column(title: "part", isText: true)]
      + counts.flatMap { count -> [TextTable.Column] in
        let seconds = TextTable.Column(title: NumberText.count(count, "thread"))
        return count == 1 ? [seconds] : [seconds, .init(title: "×"), .init(title: "used")]
      } + ["spread", "serial", "outside", "imbalance"].map { .init(title: $0) }
    return TextTable(columns: columns, rows: rows.map(Self.measured))
  }

  private static func measured(_ row: PartScaling) -> [String] {
    let times = row.timings.flatMap { timing -> [String] in
      let seconds = NumberText.fixed(timing.seconds, 4)
      guard timing.threads > 1 else { return [seconds] }
      return [seconds, NumberText.fixed(timing.speedUp, 2), NumberText.percent(timing.efficiency)]
    }
    let spread = row.timings.map { $0.seconds > 0 ? ($0.high - $0.low) / $0.seconds : 0 }.max() ?? 0
    return [row.title] + times + [
      NumberText.percent(spread), row.serialShare.map { NumberText.percent($0, 1) } ?? "–",
      row.timings.first.map { NumberText.fixed($0.outside * 1000, 2) } ?? "–",
      row.timings.last?.imbalance.map { NumberText.fixed($0, 2) } ?? "–",
    ]
  }

  private var predicted: TextTable {
    let counts = step.predictions.map(\.threads)
    return TextTable(
      columns: [.init(title: "part", isText: true), .init(title: "loops"), .init(title: "chunks")]
        + counts.map { .init(title: NumberText.count($0, "thread")) },
      rows: rows.map { row in
        [row.title, "\(row.loops)", "\(row.chunks)"]
          + row.predictions.map { NumberText.fixed($0.speedUp, $0.speedUp < 10 ? 2 : 1) }
      })
  }

  private static func table(_ places: [PlaceScaling]) -> TextTable {
    TextTable(
      columns: [
        .init(title: "part", isText: true), .init(title: "place", isText: true), .init(title: "loops"),
        .init(title: "chunks"), .init(title: "µs a chunk"), .init(title: "ms on one"), .init(title: "used"),
        .init(title: "ms lost"),
      ],
      rows: places.map { place in
        [
          place.part.title, place.place, "\(place.loops)", "\(place.chunks)",
          NumberText.fixed(place.chunkSeconds * 1e6, 0), NumberText.fixed(place.seconds * 1000, 1),
          NumberText.percent(place.efficiency), NumberText.fixed(place.lost * 1000, 2),
        ]
      })
  }
}
