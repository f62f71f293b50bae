import Tensors

/// A discretisation of the reverse diffusion process: which timesteps to visit and
/// how a model output there moves the sample to the next one.
///
/// A scheduler is a value: multistep methods keep their history inside it, so that a
/// copy starts a second, independent trajectory. The numbers are those of the class
/// of the same name in diffusers.
protocol Scheduler: Sendable {
  /// What the model is told at each step, in order of use; may hold fractions
  /// (Euler) and repeat a value (PNDM).
  var timesteps: [Double] { get }

  /// How many of ``timesteps`` a step takes unless it is the last, diffusers' `order`: 2 for methods that evaluate the
  /// model twice.
  var order: Int { get }

  /// Standard deviation of the noise that sampling starts from.
  var initNoiseSigma: Double { get }

  /// What a sample is made of before step `index`: `signal · x₀ + noise · ε`, as diffusers' `add_noise` adds it when
  /// sampling begins there.
  func shares(at index: Int) -> (signal: Double, noise: Double)

  /// The sample as the model expects it at step `index` of ``timesteps``.
  func scaleModelInput(_ sample: Tensor, at index: Int) -> Tensor

  /// The sample after step `index`. Steps are taken in order, each once; the first may be any that begins a step of
  /// the method (a multiple of ``order``), methods that look back then begin with lower orders.
  ///
  /// - Parameters:
  ///   - modelOutput: after guidance, same shape as `sample`, channels last.
  ///   - generator: the stream of the initial noise; stochastic methods go on drawing from it.
  mutating func step(
    _ modelOutput: Tensor, at index: Int, sample: Tensor, generator: inout TorchGenerator
  ) -> Tensor
}

extension Scheduler {
  var order: Int { 1 }

  func scaleModelInput(_ sample: Tensor, at index: Int) -> Tensor { sample }

  /// The x₀ that the model predicts at step `index`, as `pred_original_sample` of diffusers' schedulers is before any
  /// clipping or thresholding.
  ///
  /// - Parameters:
  ///   - modelOutput: after guidance, same shape as `sample`
  ///   - sample: before the step, `signal · x₀ + noise · ε` by ``shares(at:)``
  func original(
    _ modelOutput: Tensor, at index: Int, sample: Tensor, predicts prediction: PredictionType
  ) -> Tensor {
    let (signal, noise) = shares(at: index)
    // Where a method's sample is not scaled down, it is scaled to the one that the prediction speaks of.
    let scale = 1 / (signal * signal + noise * noise).squareRoot()
    let original = prediction.original(alpha: signal * scale, sigma: noise * scale)
    return .linearCombination([(original.sample * scale, sample), (original.output, modelOutput)])
  }
}
