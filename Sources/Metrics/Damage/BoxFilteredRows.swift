/// The means of a box around every place, over what of the box lies inside of the picture.
///
/// No rows are kept, however high the box is: a box is the difference of two sums from the top of the picture, to its own
/// top and to its own bottom, and each of them goes down the source by itself. That computes every row of the source
/// twice, and needs memory for a few rows where it would else be for a part of the picture.
struct BoxFilteredRows<Source: PictureRows>: PictureRows {
  private let radius: Int
  private var above: ColumnSums<Source>
  private var through: ColumnSums<Source>
  private var y = 0

  /// - Parameters:
  ///   - source: of which no row has been taken yet
  ///   - radius: how far the box reaches to each side, in pixels
  init(_ source: Source, radius: Int) {
    self.radius = radius
    above = ColumnSums(of: source, radius: radius)
    through = above
  }

  var width: Int { above.width }
  var height: Int { above.height }

  mutating func next(into row: inout [Double]) {
    let rows = boxRange(y, radius: radius, of: height)
    above.add(until: rows.lowerBound)
    through.add(until: rows.upperBound)
    Self.write(through.sums, above.sums, count: Double(rows.count), to: &row)
    y += 1
  }

  private static func write(_ through: [Double], _ above: [Double], count: Double, to row: inout [Double]) {
    let (through, above) = (through.span, above.span)
    var row = row.mutableSpan
    for x in row.indices { row[x] = (through[x] - above[x]) / count }
  }
}

/// The places that a box around one covers, of `count` in all.
private func boxRange(_ place: Int, radius: Int, of count: Int) -> Range<Int> {
  max(place - radius, 0)..<min(place + radius + 1, count)
}

/// The sums of a source's first rows, column by column, of means along each row.
private struct ColumnSums<Source: PictureRows> {
  private(set) var sums: [Double]
  private let radius: Int
  private var source: Source
  private var taken = 0
  private var row: [Double]
  /// Before each place of the row, the sum of its values so far.
  private var along: [Double]

  init(of source: Source, radius: Int) {
    self.source = source
    self.radius = radius
    sums = [Double](repeating: 0, count: source.width)
    row = sums
    along = [Double](repeating: 0, count: source.width + 1)
  }

  var width: Int { source.width }
  var height: Int { source.height }

  /// Takes rows until it has had as many as that.
  mutating func add(until count: Int) {
    while taken < count {
      source.next(into: &row)
      Self.sum(row, to: &along)
      Self.add(along, radius: radius, to: &sums)
      taken += 1
    }
  }

  private static func sum(_ row: [Double], to along: inout [Double]) {
    let row = row.span
    var along = along.mutableSpan
    var sum = 0.0
    for x in row.indices {
      sum += row[x]
      along[x + 1] = sum
    }
  }

  private static func add(_ along: [Double], radius: Int, to sums: inout [Double]) {
    let along = along.span
    var sums = sums.mutableSpan
    for x in sums.indices {
      let box = boxRange(x, radius: radius, of: sums.count)
      sums[x] += (along[box.upperBound] - along[box.lowerBound]) / Double(box.count)
    }
  }
}
