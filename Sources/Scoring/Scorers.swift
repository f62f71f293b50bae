public import CLIPModels
import Metrics
public import PerceptualModels
public import Pictures
public import ResultStore

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

/// The checkpoints that pictures are scored by, beside their pixels. The first of a kind is the one that counts.
public struct Scorers: Sendable {
  public let clip: [CLIPScorer]
  public let lpips: [LPIPSScorer]

  /// Scorers with the same weights count once.
  public init(clip: [CLIPScorer] = [], lpips: [LPIPSScorer] = []) {
    self.clip = Self.distinct(clip, \.identity.fingerprint)
    self.lpips = Self.distinct(lpips, \.identity.fingerprint)
  }

  /// Those of a kind, in their order, as stores keep them.
  public var records: [ScorerRecord] {
    clip.map { ScorerRecord(kind: .clip, name: $0.identity.name, fingerprint: $0.identity.fingerprint) }
      + lpips.map { ScorerRecord(kind: .lpips, name: $0.identity.name, fingerprint: $0.identity.fingerprint) }
  }

  private static func distinct<Scorer>(_ scorers: [Scorer], _ key: (Scorer) -> String) -> [Scorer] {
    var seen: Set<String> = []
    return scorers.filter { seen.insert(key($0)).inserted }
  }
}
