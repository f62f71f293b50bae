/// What a denoising sequence shows of its inside beside the latents. Looking changes no bit, and costs nothing where
/// nothing is asked for.
public struct DenoisingTaps: Sendable, Hashable {
  /// The evaluations of the model, from 0, whose ``DenoisingSequence/Step/maps`` are wanted.
  public var maps: Set<Int>
  /// Those whose ``DenoisingSequence/Step/original`` is wanted.
  public var originals: Set<Int>

  /// - Parameters:
  ///   - maps: of the model's evaluations, from 0
  ///   - originals: likewise
  public init(maps: Set<Int> = [], originals: Set<Int> = []) {
    self.maps = maps
    self.originals = originals
  }
}
