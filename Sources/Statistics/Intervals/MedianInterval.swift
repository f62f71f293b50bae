/// The median of independent repetitions and an interval that needs no assumption about their distribution:
/// two order statistics, as narrow as 95 % coverage allows (Conover 1999, section 3.2), or the smallest and the
/// largest value where there are too few for that.
public struct MedianInterval: Sendable, Hashable, Codable {
  /// Of two middle values the mean.
  public let median: Double
  /// The interval's lower end, one of the values.
  public let low: Double
  /// Its upper end.
  public let high: Double
  /// How often such an interval holds the true median: 0 for one value, 0.5 for two, 0.75 for three.
  public let coverage: Double

  /// - Parameter values: In any order.
  /// - Precondition: there is at least one.
  public init(of values: [Double]) {
    precondition(!values.isEmpty, "the median of nothing")
    let sorted = values.sorted()
    let count = sorted.count
    median = sorted.quantile(0.5)
    // Of `count` values, the chance that at most `rank - 1` lie below the true median is a binomial sum.
    func coverage(_ rank: Int) -> Double {
      var (term, sum) = (1.0, 0.0)
      for k in 0..<rank {
        sum += term
        term *= Double(count - k) / Double(k + 1)
      }
      return 1 - 2 * sum * (0..<count).reduce(1) { power, _ in power / 2 }
    }
    var rank = 1
    while rank < (count + 1) / 2, coverage(rank + 1) >= 0.95 { rank += 1 }
    low = sorted[rank - 1]
    high = sorted[count - rank]
    self.coverage = max(coverage(rank), 0)
  }
}
