public import Tensors

/// What became of the scores that a prompt's pictures lacked.
public struct ScoringOutcome: Sendable {
  /// Pictures that got some.
  public var scored = 0
  /// Why a picture still lacks some, by its sample's id. Nothing is stored of them, so that they are tried again.
  public var failures: [Int64: NotFiniteError] = [:]
}
