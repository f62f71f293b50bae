/// The picture that another one is begun from, instead of from noise alone.
public struct InitImage: Hashable, Sendable, Codable {
  /// `RGBImage.hash` of the picture as it was given, before it was resized.
  public var hash: String
  /// How much of it is replaced: above 0, and at most 1.
  public var strength: Double

  public init(hash: String, strength: Double) {
    self.hash = hash
    self.strength = strength
  }
}

extension Sampling {
  /// How many of its steps are taken: a picture that is begun from is not begun at the first of them.
  public var takenSteps: Int? {
    steps.map { steps in initImage.map { min(Int(Double(steps) * $0.strength), steps) } ?? steps }
  }
}
