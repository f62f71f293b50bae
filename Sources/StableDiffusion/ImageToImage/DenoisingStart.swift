import Tensors

/// Where the way to an image begins.
enum DenoisingStart: Sendable {
  /// At its beginning, with noise of that shape: `[1, height, width, channels]`.
  case noise(Shape)
  /// On the way, with latents of a picture under as much noise as there is at that evaluation of the model.
  case picture(LatentDistribution, evaluation: Int)

  /// The evaluation of the model that comes first.
  var evaluation: Int {
    switch self {
    case .noise: 0
    case .picture(_, let evaluation): evaluation
    }
  }

  /// The latents there. Of a picture its own latents are drawn first, where they are left to chance, then the noise, as
  /// diffusers' image to image draws them from one generator.
  func latents(_ scheduler: any Scheduler, from generator: inout TorchGenerator) -> Tensor {
    switch self {
    case .noise(let shape):
      return .linearCombination([(scheduler.initNoiseSigma, .noise(shape, from: &generator))])
    case .picture(let distribution, let evaluation):
      let original = distribution.sample(from: &generator)
      let noise = Tensor.noise(original.shape, from: &generator)
      let shares = scheduler.shares(at: evaluation)
      return .linearCombination([(shares.signal, original), (shares.noise, noise)])
    }
  }
}

extension Scheduler {
  /// The evaluation of the model that comes first when a picture is changed, not made: of `steps` steps, as many are
  /// taken as the strength's share of them, rounded down (diffusers' `get_timesteps`).
  /// - Returns: nil where that is none.
  func firstEvaluation(steps: Int, strength: Double) -> Int? {
    let taken = min(Int(Double(steps) * strength), steps)
    let first = (steps - taken) * order
    return taken >= 1 && first < timesteps.count ? first : nil
  }
}
