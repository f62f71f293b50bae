import Tensors

/// How long a case will take, known before it is run: it is run at the size that its model was trained for and at a
/// quarter of that, and a part of the time grows as the pixels do, another, attention's, as their square.
public enum TimeEstimate {
  /// - Throws: as running the case would.
  package static func seconds(_ item: BenchmarkCase, of subject: BenchmarkSubject) throws -> Double {
    let trained = try subject.defaultSize()
    var large = item
    (large.width, large.height) = trained
    var small = item
    // Sizes that every UNet of four levels can halve.
    (small.width, small.height) = (halved(trained.width), halved(trained.height))
    let (first, second) = (try rate(small, of: subject), try rate(large, of: subject))
    return seconds(item.pixels, from: (small.pixels, first), (large.pixels, second))
  }

  /// - Parameters:
  ///   - small: pixels, and the seconds of each
  ///   - large: the same of more pixels
  static func seconds(
    _ pixels: Double, from small: (pixels: Double, rate: Double), _ large: (pixels: Double, rate: Double)
  ) -> Double {
    let growth = large.pixels > small.pixels ? (large.rate - small.rate) / (large.pixels - small.pixels) : 0
    return pixels * (large.rate + max(growth, 0) * (pixels - large.pixels))
  }

  /// Seconds for each pixel, the first run left out.
  private static func rate(_ item: BenchmarkCase, of subject: BenchmarkSubject) throws -> Double {
    defer { BufferPool.shared.drain() }
    let workload = try Workload(item, of: subject)
    workload()
    let start = ContinuousClock.now
    workload()
    return start.duration(to: .now) / .seconds(1) / item.pixels
  }

  private static func halved(_ side: Int) -> Int { max(side / 128, 1) * 64 }
}

extension BenchmarkCase {
  fileprivate var pixels: Double { Double(width * height) }
}
