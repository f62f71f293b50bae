import Foundation
import Images

/// Where in the frame a picture differs from its baseline: the mean absolute difference over 8-bit RGB in each cell of a
/// grid, which is laid over the frame whatever its size and shape.
///
/// A cell is one byte on a logarithmic scale: 0 for no difference at all, 1 for 1/16 of a level or less, 255 for 255
/// levels. A step is 3.3 %, so that faint and strong differences are told apart equally well.
package struct DifferenceMap: Sendable, Hashable {
  /// Cells along each side.
  package static let side = 32

  /// `side * side` cells, rows from the top.
  package let bytes: [UInt8]

  /// - Returns: nil unless there is a byte for every cell.
  package init?(bytes: [UInt8]) {
    guard bytes.count == Self.side * Self.side else { return nil }
    self.bytes = bytes
  }

  /// - Precondition: both pictures have the same size.
  init(of image: RGBImage, to baseline: RGBImage) {
    requireEqualSizes(image, baseline)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Self.side * Self.side)
    let (own, other) = (image.pixels.span, baseline.pixels.span)
    for row in 0..<Self.side {
      let rows = Self.range(row, of: image.height)
      for column in 0..<Self.side {
        let columns = Self.range(column, of: image.width)
        var sum = 0
        for y in rows {
          let start = y * image.width
          for at in (start + columns.lowerBound) * 3..<(start + columns.upperBound) * 3 {
            sum += abs(Int(own[at]) - Int(other[at]))
          }
        }
        bytes.append(Self.byte(Double(sum) / Double(rows.count * columns.count * 3)))
      }
    }
    self.bytes = bytes
  }

  /// In 8-bit levels.
  package var levels: [Double] { bytes.map { Self.levels[Int($0)] } }

  /// Mean of the cells in the outer eighth at every side, in 8-bit levels.
  package var rim: Double { mean { Self.rimCells[$0] } }

  /// Mean of the cells in the inner half of both sides, in 8-bit levels.
  package var centre: Double { mean { Self.centreCells[$0] } }

  private func mean(_ isIncluded: (Int) -> Bool) -> Double {
    var (sum, count) = (0.0, 0)
    for (cell, byte) in bytes.enumerated() where isIncluded(cell) {
      sum += Self.levels[Int(byte)]
      count += 1
    }
    return sum / Double(count)
  }

  /// The mean of several, cell by cell, in 8-bit levels; nil of none.
  package static func mean(of maps: [DifferenceMap]) -> [Double]? {
    guard !maps.isEmpty else { return nil }
    var sums = [Double](repeating: 0, count: side * side)
    for map in maps {
      for (cell, byte) in map.bytes.enumerated() { sums[cell] += levels[Int(byte)] }
    }
    return sums.map { $0 / Double(maps.count) }
  }

  /// The pixels of a row or column of cells; where there are fewer pixels than cells, one for several.
  static func range(_ cell: Int, of length: Int) -> Range<Int> {
    let start = cell * length / side
    return start..<max((cell + 1) * length / side, start + 1)
  }

  // MARK: - The scale

  private static let least = 1.0 / 16

  static func byte(_ level: Double) -> UInt8 {
    guard level > 0 else { return 0 }
    let step = 1 + 254 * log(level / least) / log(255 / least)
    return UInt8(min(max(step.rounded(), 1), 255))
  }

  private static let levels: [Double] = (0...255).map { byte in
    byte == 0 ? 0 : least * pow(255 / least, Double(byte - 1) / 254)
  }

  /// How far each cell is from the nearest side of the frame, in cells.
  private static let depths: [Int] = (0..<side * side).map { cell in
    let (row, column) = cell.quotientAndRemainder(dividingBy: side)
    return min(row, column, side - 1 - row, side - 1 - column)
  }
  private static let rimCells = depths.map { $0 < side / 8 }
  private static let centreCells = depths.map { $0 >= side / 4 }
}
