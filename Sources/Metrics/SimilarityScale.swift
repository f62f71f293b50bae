import Foundation

/// The weights of the 11x11 window of structural similarity, along one axis.
enum GaussianWindow {
  static let side = 11

  static let weights: [Double] = {
    let values = (0..<side).map { exp(-0.5 * pow(Double($0 - side / 2) / 1.5, 2)) }
    let total = values.reduce(0, +)
    return values.map { $0 / total }
  }()
}

/// Structural similarity of two pictures at one size, row by row: of each picture only the window's rows are there.
struct SimilarityScale {
  /// In pixels.
  let width: Int
  /// Of both pictures, a, b, a² + b² and a b: the last rows, as many as the window has.
  private var rows = [[[Double]]](repeating: [], count: 4)
  /// Of the same, the window's means along one axis and along both.
  private var columns: [Double]
  private var windowMeans: [[Double]]
  private var ssim = [0.0, 0.0, 0.0]
  private var contrast = [0.0, 0.0, 0.0]
  private var places = 0

  init(width: Int) {
    self.width = width
    columns = [Double](repeating: 0, count: width * 3)
    windowMeans = .init(
      repeating: [Double](repeating: 0, count: max(0, width - GaussianWindow.side + 1) * 3), count: 4)
  }

  /// Per channel, the means over every place where the window lies inside the picture of
  /// SSIM = luminance * contrast and of its second factor alone (contrast and structure).
  var means: (ssim: [Double], contrast: [Double]) {
    let count = Double(places)
    return (ssim.map { $0 / count }, contrast.map { $0 / count })
  }

  /// Takes the next row of both pictures: interleaved RGB.
  mutating func add(_ a: [Double], _ b: [Double]) {
    let values = [a, b, zip(a, b).map { $0 * $0 + $1 * $1 }, zip(a, b).map(*)]
    for (index, row) in values.enumerated() {
      if rows[index].count == GaussianWindow.side { rows[index].removeFirst() }
      rows[index].append(row)
    }
    guard rows[0].count == GaussianWindow.side, width >= GaussianWindow.side else { return }
    for index in windowMeans.indices { weigh(index) }
    sum()
  }

  /// The window's means of one of the four, for every place of the row.
  private mutating func weigh(_ index: Int) {
    for i in columns.indices { columns[i] = 0 }
    for (weight, row) in zip(GaussianWindow.weights, rows[index]) {
      Self.add(row, from: 0, weight: weight, to: &columns)
    }
    for i in windowMeans[index].indices { windowMeans[index][i] = 0 }
    for (step, weight) in GaussianWindow.weights.enumerated() {
      Self.add(columns, from: 3 * step, weight: weight, to: &windowMeans[index])
    }
  }

  private static func add(_ values: [Double], from start: Int, weight: Double, to sums: inout [Double]) {
    let values = values.span
    var sums = sums.mutableSpan
    for i in sums.indices { sums[i] += weight * values[start + i] }
  }

  private mutating func sum() {
    let c1 = (0.01 * 255) * (0.01 * 255)
    let c2 = (0.03 * 255) * (0.03 * 255)
    let (meanA, meanB) = (windowMeans[0], windowMeans[1])
    let (meanSquares, meanProduct) = (windowMeans[2], windowMeans[3])
    for channel in 0..<3 {
      var (ownSSIM, ownContrast) = (ssim[channel], contrast[channel])
      for i in stride(from: channel, to: meanA.count, by: 3) {
        let product = meanA[i] * meanB[i]
        let sum = meanA[i] * meanA[i] + meanB[i] * meanB[i]
        let second = (2 * (meanProduct[i] - product) + c2) / (meanSquares[i] - sum + c2)
        ownContrast += second
        ownSSIM += (2 * product + c1) / (sum + c1) * second
      }
      (ssim[channel], contrast[channel]) = (ownSSIM, ownContrast)
    }
    places += meanA.count / 3
  }
}
