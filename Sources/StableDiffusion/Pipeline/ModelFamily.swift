import Checkpoints

/// What kind of model a pipeline is, told by its configurations alone.
public struct ModelFamily: Sendable, Hashable, CustomStringConvertible {
  /// As in `Stable Diffusion XL`.
  public let name: String
  /// What sets it apart from others of the name, as in `predicts v`.
  public let traits: [String]

  init(_ pipeline: PipelineClass, _ unet: UNet2DConditionModel.Configuration, predicts: PredictionType?) {
    switch (pipeline, unet.crossAttentionDim[0]) {
    case (.stableDiffusionXL, _): name = "Stable Diffusion XL"
    case (_, 768): name = "Stable Diffusion 1.x"
    case (_, 1024): name = "Stable Diffusion 2.x"
    case (_, let width): name = "Stable Diffusion with text states of \(width) values"
    }
    var traits: [String] = []
    switch unet.midBlockType {
    case .attending: break
    case .plain: traits.append("distilled, without attention in its mid block")
    case nil: traits.append("distilled, without mid block")
    }
    if unet.layersPerBlock.all.allSatisfy({ $0 == 1 }) { traits.append("one layer a block") }
    if unet.timeCondProjDim != nil {
      traits.append("takes the guidance scale as an input, no negative prompts")
    }
    switch predicts {
    case .velocity: traits.append("predicts v")
    case .sample: traits.append("predicts the picture")
    case .epsilon, nil: break
    }
    self.traits = traits
  }

  /// The name, and then its traits.
  public var description: String { ([name] + traits).joined(separator: ", ") }
}
