import ArgumentParser

/// The numbers that options take: those that a machine can do something with.
enum OptionRange {
  static let threads = 1...1024
  static let batches = 1...1024
  static let counts = 1...1_000_000
  static let steps = 1...1_000_000

  /// - Throws: `ValidationError` unless the option's value is one of them.
  static func check(_ option: String, _ value: Int, _ range: ClosedRange<Int>) throws {
    if value < range.lowerBound {
      throw ValidationError("--\(option) must be \(range.lowerBound) or more, it is \(value)")
    }
    if value > range.upperBound {
      throw ValidationError("--\(option) must be at most \(range.upperBound), it is \(value)")
    }
  }
}
