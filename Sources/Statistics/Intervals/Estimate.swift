/// A closed interval on the real line.
public struct Interval: Hashable, Sendable, Codable {
  /// Its smallest number.
  public let lower: Double
  /// Its largest number.
  public let upper: Double

  /// - Precondition: `lower` is at most `upper`.
  public init(lower: Double, upper: Double) {
    precondition(lower <= upper, "interval \(lower)...\(upper) is upside down")
    self.lower = lower
    self.upper = upper
  }

  /// Whether a number lies in it, ends included.
  public func contains(_ value: Double) -> Bool { lower <= value && value <= upper }
  /// Whether every value of the interval is nearer to zero than `margin`.
  public func isInside(margin: Double) -> Bool { -margin < lower && upper < margin }
}

/// A number computed from data, with the interval its uncertainty spans.
public struct Estimate: Hashable, Sendable, Codable {
  /// The number itself.
  public let value: Double
  /// Nil when fewer than two prompts were measured: one prompt says nothing about others.
  public let interval: Interval?

  /// - Parameters:
  ///   - value: The number itself.
  ///   - interval: Nil where there is none.
  public init(value: Double, interval: Interval?) {
    self.value = value
    self.interval = interval
  }
}
