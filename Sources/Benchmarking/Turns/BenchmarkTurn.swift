import Machine
import Statistics
package import Tensors

/// What one process is to run: one row of the table, once to warm up and then some times on the clock.
public struct BenchmarkTurn: Sendable, Hashable, Codable {
  package var subject: BenchmarkSubject
  public var item: BenchmarkCase
  /// Timed runs after the first.
  public var repeats: Int
  public var threads: Int
  package var matrixProducts: MatrixProducts
  /// Bytes that the process may take; nil for no limit.
  public var memoryLimit: Int?

  package init(
    subject: BenchmarkSubject, item: BenchmarkCase, repeats: Int, threads: Int,
    matrixProducts: MatrixProducts = .builtin, memoryLimit: Int? = nil
  ) {
    self.subject = subject
    self.item = item
    self.repeats = repeats
    self.threads = threads
    self.matrixProducts = matrixProducts
    self.memoryLimit = memoryLimit
  }

  /// Runs it in this process, which should do nothing else before and after.
  public func run() throws -> BenchmarkFigures {
    Parallel.threadCount = threads
    try matrixProducts.use(threads: threads)
    if let memoryLimit { try MemoryLimit.set(bytes: memoryLimit) }
    let workload = try Workload(item, of: subject)
    let first = ContinuousClock.now
    workload()
    let firstSeconds = first.duration(to: .now) / .seconds(1)
    let splits = (0..<repeats).map { _ in TimeSplit.seconds { workload() } }
    return BenchmarkFigures(
      firstSeconds: firstSeconds, splits: splits.map(TimeSplitRecord.init), peakMemoryBytes: PeakMemory.bytes)
  }
}

/// What a turn measured.
public struct BenchmarkFigures: Sendable, Hashable, Codable {
  /// The first run, in which memory is fetched and weights are prepared.
  public let firstSeconds: Double
  /// The timed runs.
  public let seconds: [Double]
  /// The same by kind of work; empty of a program that does not tell.
  public let splits: [TimeSplitRecord]
  /// Highest resident memory of the process, weights included.
  public let peakMemoryBytes: Int?

  public init(firstSeconds: Double, splits: [TimeSplitRecord], peakMemoryBytes: Int?) {
    self.firstSeconds = firstSeconds
    seconds = splits.map(\.total)
    self.splits = splits
    self.peakMemoryBytes = peakMemoryBytes
  }

  /// Of a program that does not tell kinds of work apart.
  init(firstSeconds: Double, seconds: [Double], peakMemoryBytes: Int?) {
    self.firstSeconds = firstSeconds
    self.seconds = seconds
    splits = []
    self.peakMemoryBytes = peakMemoryBytes
  }

  /// Median of the timed runs; nil without any that took time.
  var median: Double? {
    guard !seconds.isEmpty else { return nil }
    let median = MedianInterval(of: seconds).median
    return median > 0 ? median : nil
  }
}

/// Seconds of one run by kind of work.
public struct TimeSplitRecord: Sendable, Hashable, Codable {
  public let convolution: Double
  public let attention: Double
  public let merging: Double
  public let other: Double

  public init(convolution: Double, attention: Double, merging: Double, other: Double) {
    self.convolution = convolution
    self.attention = attention
    self.merging = merging
    self.other = other
  }

  init(_ seconds: [TimeSplit.Part: Double]) {
    func sum(_ parts: TimeSplit.Part...) -> Double { parts.reduce(0) { $0 + (seconds[$1] ?? 0) } }
    self.init(
      convolution: sum(.convolution), attention: sum(.selfAttention, .crossAttention), merging: sum(.merging),
      other: sum(.linear, .elementwise, .resampling, .sampling, .other))
  }

  public var total: Double { convolution + attention + merging + other }
}
