import Comparisons
import Foundation
import Metrics
import PictureFiles
import Pictures
import ResultStore
import Statistics
import Wording

/// Where in the frame merging changes pictures: of every variant the mean map of its pictures' differences to their
/// baselines, and what it comes to in numbers.
struct DifferenceMaps: Sendable {
  struct Panel: Sendable {
    let heading: String
    let count: String
    /// The variant's pictures, the one that differs most first.
    let mapAddress: String
    let layers: [Layer]
    /// What the map shows, in words.
    let alternative: String
    let sentences: [String]
    let kindCounts: [KindCount]
    let hasKindCounts: Bool
  }

  /// The cells of one colour.
  struct Layer: Sendable {
    let fill: String
    let path: String
  }

  /// How many pictures show a kind of damage.
  struct KindCount: Sendable {
    let kindWords: String
    let kindAddress: String
  }

  let mapPanels: [Panel]
  let hasMaps: Bool
  let side: String
  /// Of the maps, in cells: as high as the frame's shape makes them.
  let mapHeight: String
  let rowHeight: String
  /// How many pictures lack a map; nil where none does.
  let incomplete: String?
  let mapTicks: [HeatScale.Tick]
  let largest: String

  /// What the lightest colour of a page's maps stands for, in 8-bit levels: a round number that no cell is above.
  static func top(_ places: [DifferencePlaces?]) -> Double {
    let largest = places.compactMap { $0?.cells.max() }.max() ?? 0
    guard largest > 0 else { return 1 }
    let power = pow(10, log10(largest).rounded(.down))
    return [1, 2, 5, 10].map { $0 * power }.first { $0 >= largest } ?? largest
  }

  /// Nil where no picture has a baseline to differ from.
  /// - Parameters:
  ///   - places: the comparison's, see ``Comparisons/Comparison/differencePlaces``
  ///   - top: see ``top(_:)``
  init?(_ comparison: Comparison, _ places: [DifferencePlaces?], top: Double, links: SheetLinks) {
    let contents = comparison.pairing.contents
    let baselines = contents.baselines
    let compared = contents.samples.filter {
      $0.state == .done && $0.variantID != contents.baseline?.id && baselines[$0.place] != nil
    }
    guard !compared.isEmpty else { return nil }
    let measured = Set(contents.differences.map(\.sampleID))
    let lacking = compared.count { !measured.contains($0.id) }
    incomplete =
      lacking > 0
      ? "Of \(lacking) of \(NumberText.count(compared.count, "picture")) it was not measured: the same sweep again "
        + "measures them, and makes none anew." : nil
    let sort = links.sortKeys.contains { $0.key == Metric.mae.key } ? Metric.mae.key : nil
    mapPanels = zip(comparison.rows, places).compactMap { row, places in
      guard let places else { return nil }
      let sentences = Self.sentences(places)
      let kinds = DamageKind.allCases.compactMap { kind in
        row.damage?[kind].map {
          KindCount(
            kindWords: "\(kind.title) \($0)", kindAddress: links.address(row.variant, damage: kind))
        }
      }
      return Panel(
        heading: row.variant.heading, count: NumberText.count(places.count, "picture"),
        mapAddress: links.address(row.variant, sort: sort), layers: Self.layers(places.cells, top: top),
        alternative: "\(row.variant.heading): " + (sentences.first ?? "no difference"),
        sentences: sentences, kindCounts: kinds, hasKindCounts: !kinds.isEmpty)
    }
    hasMaps = !mapPanels.isEmpty
    side = "\(DifferenceMap.side)"
    let size = contents.run.sampling.pictureSize
    let shape = Double(size.height) / Double(size.width)
    rowHeight = NumberText.fixed(shape, 4)
    mapHeight = NumberText.fixed(Double(DifferenceMap.side) * shape, 4)
    largest = NumberText.ratio(top)
    mapTicks = [0, 1.0 / 16, 1.0 / 4, 1].map { share in
      HeatScale.Tick(x: svg(8 + 224 * share.squareRoot()), text: NumberText.ratio(top * share))
    }
  }

  /// The cells by their colours at √(level / top) of the heat maps' palette, runs of a row as one.
  private static func layers(_ cells: [Double], top: Double) -> [Layer] {
    let palette = HeatMap.palette
    let side = DifferenceMap.side
    func color(_ cell: Int) -> Int {
      Int(((min(cells[cell] / top, 1)).squareRoot() * Double(palette.count - 1)).rounded())
    }
    var paths: [Int: String] = [:]
    for row in 0..<side {
      var column = 0
      while column < side {
        let own = color(row * side + column)
        let end = (column..<side).first { color(row * side + $0) != own } ?? side
        paths[own, default: ""] += "M\(column) \(row)h\(end - column)v1h-\(end - column)z"
        column = end
      }
    }
    return paths.sorted { $0.key < $1.key }.map {
      Layer(fill: HeatScale.hex(palette[$0.key]), path: $0.value)
    }
  }

  private static func sentences(_ places: DifferencePlaces) -> [String] {
    let contrasts = [
      (places.centreAndRim, "in the centre", "at the rim"),
      (places.edgesAndFlat, "on edges", "in flat areas"),
    ]
    return contrasts.compactMap { contrast, first, second in
      guard let contrast else { return nil }
      guard contrast.first > 0 || contrast.second > 0 else { return "No difference \(first) or \(second)." }
      func level(_ value: Double) -> String { NumberText.fixed(value, 2) }
      let difference = VerdictSentence(minus: .typographic).difference(contrast.difference, decimals: 2)
      return "\(level(contrast.first)) levels \(first), \(level(contrast.second)) \(second): "
        + "\(difference), \(word(contrast.difference, first, second))."
    }
  }

  /// What the interval of a difference says of two parts.
  private static func word(_ difference: Estimate, _ first: String, _ second: String) -> String {
    guard let interval = difference.interval else { return "too few prompts for an interval" }
    if interval.lower > 0 { return "more \(first)" }
    return interval.upper < 0 ? "more \(second)" : "which may be chance"
  }
}
