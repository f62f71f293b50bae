/// How far people agree on what they judge, beyond chance: Krippendorff's α for categories (Krippendorff 2018, chapter
/// 12). 1 is full agreement, 0 what chance alone gives; below, people contradict each other. Not everybody needs to
/// have judged everything.
///
/// `α = 1 − Dₒ / Dₑ` with `Dₒ = Σ_{c≠k} o(c,k) / n` and `Dₑ = Σ_{c≠k} n(c) n(k) / (n (n − 1))`, where the coincidences
/// `o(c,k)` count, in every thing that m people judged, each ordered pair of their categories as `1 / (m − 1)`, `n(c)`
/// are their sums, and n is the sum of those.
package struct Agreement: Sendable, Hashable {
  /// A thing that people judged.
  package struct Item: Sendable, Hashable {
    /// Things of one prompt are drawn together for the interval.
    package let prompt: Int64
    /// Of each person one.
    package let categories: [Int]

    package init(prompt: Int64, categories: [Int]) {
      self.prompt = prompt
      self.categories = categories
    }
  }

  /// α, with the percentiles of resampled prompts as its interval; none for a single prompt.
  package let alpha: Estimate
  /// Judged by two people or more.
  package let itemCount: Int

  /// - Returns: nil where nothing was judged by two people, or all in one category: then there is no chance to compare
  ///   with.
  package init?(_ items: [Item], resamples: Int = 2000, seed: UInt64 = 0) {
    let judged = items.filter { $0.categories.count > 1 }
    guard let largest = judged.flatMap(\.categories).max() else { return nil }
    let size = largest + 1
    var places: [Int64: Int] = [:]
    var tables: [[Double]] = []
    for item in judged {
      let place = places[item.prompt] ?? tables.count
      if place == tables.count {
        places[item.prompt] = place
        tables.append([Double](repeating: 0, count: size * size))
      }
      Self.count(item.categories, into: &tables[place], size: size)
    }
    guard let value = Self.alpha(tables.indices, tables, size) else { return nil }
    itemCount = judged.count
    guard tables.count > 1 else {
      alpha = Estimate(value: value, interval: nil)
      return
    }
    var random = SplitMix64(seed: seed)
    var replicates: [Double] = []
    for _ in 0..<resamples {
      let drawn = tables.indices.map { _ in random.index(below: tables.count) }
      if let replicate = Self.alpha(drawn, tables, size) { replicates.append(replicate) }
    }
    replicates.sort()
    alpha = Estimate(
      value: value,
      interval: replicates.isEmpty
        ? nil : Interval(lower: replicates.quantile(0.025), upper: replicates.quantile(0.975)))
  }

  /// Adds the coincidences of one thing.
  private static func count(_ categories: [Int], into table: inout [Double], size: Int) {
    let weight = 1 / Double(categories.count - 1)
    for (first, one) in categories.enumerated() {
      for (second, other) in categories.enumerated() where first != second {
        table[one * size + other] += weight
      }
    }
  }

  private static func alpha(_ drawn: some Sequence<Int>, _ tables: [[Double]], _ size: Int) -> Double? {
    var sum = [Double](repeating: 0, count: size * size)
    for place in drawn { for cell in sum.indices { sum[cell] += tables[place][cell] } }
    let totals = (0..<size).map { row in sum[row * size..<(row + 1) * size].reduce(0, +) }
    let n = totals.reduce(0, +)
    let same = (0..<size).reduce(0) { $0 + sum[$1 * size + $1] }
    let expected = (n * n - totals.reduce(0) { $0 + $1 * $1 }) / (n * (n - 1))
    guard n > 1, expected > 0 else { return nil }
    return 1 - (n - same) / n / expected
  }
}
