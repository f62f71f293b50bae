import Pictures
import TokenMerging

// What engines have in common that are other programs.

extension SamplingWish {
  /// With what another program does where nothing is asked for.
  /// - Parameters:
  ///   - steps: nil for 20
  ///   - guidanceScale: nil for 7.5
  func settled(
    steps: Int? = nil, guidanceScale: Double? = nil, width: Int, height: Int, framing: Framing? = nil,
    scheduler: SchedulerName, precision: PrecisionName = .unknown
  ) -> Sampling {
    let size = size ?? (width, height)
    return Sampling(
      steps: self.steps ?? steps ?? 20, guidanceScale: self.guidanceScale ?? guidanceScale ?? 7.5,
      negativePrompt: negativePrompt, width: size.width, height: size.height,
      framing: framing, scheduler: self.scheduler ?? scheduler, eta: eta, attention: .unknown,
      precision: precision,
      promptSyntax: promptSyntax)
  }

  /// - Parameter taken: what this one can be asked for all the same, by the options' names
  /// - Throws: ``EngineError`` naming what only this program's own pipeline can be asked for.
  func refuseOwn(by engine: String, apartFrom taken: Set<String>) throws(EngineError) {
    let asked: [(name: String, isAsked: Bool)] = [
      ("--eta", eta != 0), ("--original-size", originalSize != nil), ("--crop", crop != nil),
      ("--attention", attention != nil), ("--precision", precision != nil), ("--clip-skip", clipSkip != nil),
      ("--prompt-syntax", promptSyntax != .plain), ("--init-image", initImage != nil),
      ("--hires-scale", hires != nil),
    ]
    if let other = asked.first(where: { $0.isAsked && !taken.contains($0.name) }) {
      throw .worker("\(other.name) is nothing that \(engine) can be asked for; leave it out")
    }
  }
}

extension MergingOptions {
  /// The first argument of `tomesd.apply_patch` beside the ratio that has another value, by its name there.
  /// - Parameter names: of those that may differ
  func differingArgument(from other: MergingOptions, apartFrom names: [String] = []) -> String? {
    let arguments: [(name: String, differs: Bool)] = [
      ("max_downsample", maxDownsample != other.maxDownsample), ("sx", sx != other.sx),
      ("sy", sy != other.sy),
      ("use_rand", useRand != other.useRand), ("merge_attn", mergeAttn != other.mergeAttn),
      ("merge_crossattn", mergeCrossattn != other.mergeCrossattn), ("merge_mlp", mergeMlp != other.mergeMlp),
      ("merge_steps", steps != other.steps),
    ]
    return arguments.first { $0.differs && !names.contains($0.name) }?.name
  }
}
