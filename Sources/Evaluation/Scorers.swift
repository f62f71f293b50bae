public import CLIPModels
public import PerceptualModels

/// A CLIP checkpoint that scores, and its name.
public struct CLIPScorer: Sendable {
  public let model: CLIPModel
  public let identity: ModelIdentity

  public init(model: CLIPModel, identity: ModelIdentity) {
    self.model = model
    self.identity = identity
  }
}

/// LPIPS weights that score, and their name.
public struct LPIPSScorer: Sendable {
  public let model: LPIPS
  public let identity: ModelIdentity

  public init(model: LPIPS, identity: ModelIdentity) {
    self.model = model
    self.identity = identity
  }
}
