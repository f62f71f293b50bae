import Metrics
import ResultStore
package import Statistics

/// Where in the frame a variant's pictures differ from their baselines.
package struct DifferencePlaces: Sendable {
  /// Two parts of the frame, by mean absolute difference over 8-bit RGB, each prompt counting once.
  package struct Contrast: Sendable {
    package let first: Double
    package let second: Double
    /// First minus second, paired by prompt.
    package let difference: Estimate

    /// - Parameter units: of every prompt its pictures; those that lack one of the two are left out. Nil where none has both.
    fileprivate init?(
      _ units: [[DifferenceRecord]], _ bootstrap: Bootstrap,
      _ parts: (DifferenceRecord) -> (first: Double?, second: Double?)
    ) {
      let means = units.compactMap { pictures -> (first: Double, second: Double)? in
        let pairs = pictures.compactMap { picture -> (Double, Double)? in
          let parts = parts(picture)
          guard let first = parts.first, let second = parts.second else { return nil }
          return (first, second)
        }
        guard !pairs.isEmpty else { return nil }
        let count = Double(pairs.count)
        return (pairs.reduce(0) { $0 + $1.0 } / count, pairs.reduce(0) { $0 + $1.1 } / count)
      }
      guard !means.isEmpty else { return nil }
      let count = Double(means.count)
      first = means.reduce(0) { $0 + $1.first } / count
      second = means.reduce(0) { $0 + $1.second } / count
      difference = bootstrap.mean(of: means.map { $0.first - $0.second })
    }
  }

  /// How many pictures were measured.
  package let count: Int
  /// Their mean map: ``Metrics/DifferenceMap/side`` squared cells, rows from the top, in 8-bit levels.
  package let cells: [Double]
  /// The centre of the frame against its rim.
  package let centreAndRim: Contrast?
  /// The edges of the baselines against their flat areas.
  package let edgesAndFlat: Contrast?

  /// Nil where nothing was measured.
  init?(_ pairing: Pairing, _ entry: Pairing.Entry, _ bootstrap: Bootstrap) {
    let measured = pairing.slots(of: entry).compactMap { slot in
      pairing.index.difference(of: slot.own).map {
        (unit: pairing.unit(of: slot.prompt), difference: $0, map: $0.map)
      }
    }
    guard let cells = DifferenceMap.mean(of: measured.map(\.map)) else { return nil }
    count = measured.count
    self.cells = cells
    let units = Dictionary(grouping: measured, by: \.unit).sorted { $0.key < $1.key }
      .map { $0.value.map(\.difference) }
    centreAndRim = Contrast(units, bootstrap) { ($0.map.centre, $0.map.rim) }
    edgesAndFlat = Contrast(units, bootstrap) { ($0.traits.onEdges, $0.traits.onFlat) }
  }
}

extension Comparison {
  /// Of every row, in their order; nil where nothing was measured.
  package var differencePlaces: [DifferencePlaces?] {
    pairing.entries.map { DifferencePlaces(pairing, $0, bootstrap) }
  }
}
