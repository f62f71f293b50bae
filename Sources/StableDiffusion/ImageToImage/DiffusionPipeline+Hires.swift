public import Tensors
public import TokenMerging

extension DiffusionPipeline {
  /// An image's latents at the size of its second pass.
  ///
  /// - Parameters:
  ///   - latents: of the first pass, `[1, height, width, channels]`
  ///   - hires: what the second pass is like
  ///   - encoder: for ``Upscaler/pixelLanczos``, see ``pictureEncoder()``; not used by others
  /// - Returns: latents of `[1, hires.height / scaleFactor, hires.width / scaleFactor, channels]`
  /// - Throws: `NotFiniteError` when the decoder's or the encoder's numbers are useless.
  public func enlarged(
    _ latents: Tensor, for hires: HiresOptions, encoder: PictureEncoder?
  ) throws(NotFiniteError) -> LatentDistribution {
    guard let interpolation = hires.upscaler.interpolation else {
      guard let encoder else { preconditionFailure("pixels are enlarged without an encoder") }
      return try encoder(try decode(latents), width: hires.width, height: hires.height)
    }
    return LatentDistribution(
      mean: latents.interpolated(
        height: hires.height / scaleFactor, width: hires.width / scaleFactor, interpolation),
      standardDeviation: nil)
  }

  /// The steps of the second pass.
  ///
  /// - Parameters:
  ///   - conditioning: as for the first pass
  ///   - enlarged: see ``enlarged(_:for:encoder:)``
  ///   - seed: of the image
  ///   - options: with ``SamplingOptions/hires``
  ///   - merging: of this pass; nil for none
  /// - Throws: ``PipelineError`` when `options` or `merging` ask for something impossible.
  public func denoiseAgain(
    _ conditioning: Conditioning, from enlarged: LatentDistribution, seed: UInt64, options: SamplingOptions,
    merging: MergingOptions?
  ) throws(PipelineError) -> DenoisingSequence {
    guard let hires = options.hires else { preconditionFailure("a second pass without its options") }
    do throws(MergingError) {
      try merging?.validate()
    } catch {
      throw .badMerging(error)
    }
    let (scheduler, first) = try secondPass(hires, options)
    return sequence(
      conditioning, start: .picture(enlarged, evaluation: first), scheduler,
      size: (hires.width, hires.height),
      seed: seed, options: options, merging: merging)
  }

  /// How often the second pass evaluates the model; 0 without one.
  /// - Throws: ``PipelineError``
  package func secondPassEvaluations(_ options: SamplingOptions) throws(PipelineError) -> Int {
    guard let hires = options.hires else { return 0 }
    let (scheduler, first) = try secondPass(hires, options)
    return scheduler.timesteps.count - first
  }

  /// Of a second pass, the scheduler of the whole way and which evaluation comes first.
  func secondPass(
    _ hires: HiresOptions, _ options: SamplingOptions
  ) throws(PipelineError) -> (scheduler: any Scheduler, first: Int) {
    guard hires.steps >= 1 else { throw .badSteps(hires.steps, reason: "a second pass needs at least 1") }
    guard hires.strength > 0, hires.strength <= 1 else { throw .badStrength(hires.strength) }
    guard hires.width > 0, hires.height > 0, hires.width % scaleFactor == 0, hires.height % scaleFactor == 0
    else { throw .badSize(width: hires.width, height: hires.height, factor: scaleFactor) }
    // So few are left of so many that no scheduler has them.
    guard Double(hires.steps) / hires.strength <= 1e6 else { throw .badStrength(hires.strength) }
    let count = hires.scheduledSteps
    do throws(PipelineError) {
      let scheduler = try scheduler(options, steps: count)
      return (scheduler, (count - hires.steps) * scheduler.order)
    } catch {
      guard case .badSteps(let steps, let reason) = error else { throw error }
      throw .badSteps(
        steps,
        reason:
          "\(reason); a second pass of \(hires.steps) with a strength of \(hires.strength) is the end of so many"
      )
    }
  }
}
