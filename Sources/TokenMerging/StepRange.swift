/// A part of the way from noise to picture: from one share of the steps up to another.
public struct StepRange: Sendable, Hashable {
  /// A share of the steps, 0…1, less than ``end``.
  public let start: Double
  /// A share of the steps, 0…1.
  public let end: Double

  /// Every step.
  public static let all = StepRange(start: 0, end: 1)

  private init(start: Double, end: Double) {
    self.start = start
    self.end = end
  }

  /// Nil for shares out of 0…1 and for those that leave nothing between them.
  public init?(from start: Double, to end: Double) {
    guard start >= 0, start < end, end <= 1 else { return nil }
    self.init(start: start, end: end)
  }

  /// The evaluations of the model, of this many, that lie within: as the web UI's extension "Token Downsampling" counts
  /// with its setting "disable after", which rounds down.
  public func indices(of count: Int) -> Range<Int> {
    // 0.57 of 100 is a little less than 57 in floating point.
    func place(_ share: Double) -> Int { Int(share * Double(count) + 1e-9) }
    return place(start)..<max(place(start), place(end))
  }
}

extension StepRange: LosslessStringConvertible {
  /// A range as it is written.
  /// - Parameter description: as in `0-60%`, or shares as in `0-0.6`
  public init?(_ description: String) {
    let isPercent = description.hasSuffix("%")
    let bounds = (isPercent ? description.dropLast() : description[...])
      .split(separator: "-", omittingEmptySubsequences: false)
    guard bounds.count == 2 else { return nil }
    // The first may have its own sign of percent.
    let first = isPercent && bounds[0].last == "%" ? bounds[0].dropLast() : bounds[0]
    guard let start = Double(first), let end = Double(bounds[1]) else { return nil }
    let unit = isPercent ? 100.0 : 1
    self.init(from: start / unit, to: end / unit)
  }

  /// As in `0-60%`.
  public var description: String { "\(Self.percent(start))-\(Self.percent(end))%" }

  /// With as many digits as give the same share again.
  private static func percent(_ share: Double) -> String {
    let rounded = (share * 1e10).rounded() / 1e8
    let text = rounded / 100 == share ? "\(rounded)" : "\(share * 100)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}

extension StepRange: Codable {
  private enum CodingKeys: CodingKey { case start, end }

  /// - Throws: `DecodingError`, also for shares that are none
  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    let (start, end) = try (
      fields.decode(Double.self, forKey: .start), fields.decode(Double.self, forKey: .end)
    )
    guard let range = StepRange(from: start, to: end) else {
      throw DecodingError.dataCorruptedError(
        forKey: .start, in: fields, debugDescription: "steps from \(start) to \(end) are no part of 0 to 1")
    }
    self = range
  }
}
