package import CLIPModels
public import Checkpoints
import Digests
import Metrics
public import PerceptualModels
public import Pictures
public import ResultStore

/// A CLIP checkpoint that scores, and its name.
public struct CLIPScorer: Sendable {
  package let model: CLIPModel
  public let identity: ModelIdentity

  package init(model: CLIPModel, identity: ModelIdentity) {
    self.model = model
    self.identity = identity
  }
}

/// A head that rates pictures by the embeddings of a CLIP checkpoint, and its name.
public struct AestheticScorer: Sendable {
  public let model: AestheticPredictor
  public let clip: CLIPScorer
  /// Of the head and of the checkpoint.
  public let identity: ModelIdentity

  /// - Throws: `CheckpointError` when the head is for embeddings of another size.
  public init(model: AestheticPredictor, name: String, clip: CLIPScorer) throws(CheckpointError) {
    try model.requireFits(embeddingSize: clip.model.embeddingSize, of: clip.identity.name)
    self.model = model
    self.clip = clip
    let fingerprint = SHA256.hex(of: Array("\(try model.fingerprint) \(clip.identity.fingerprint)".utf8))
    identity = ModelIdentity(name: name, fingerprint: fingerprint)
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
  /// Preference models, as PickScore.
  public let pick: [CLIPScorer]
  public let aesthetic: [AestheticScorer]
  public let lpips: [LPIPSScorer]

  /// Scorers with the same weights count once.
  public init(
    clip: [CLIPScorer] = [], pick: [CLIPScorer] = [], aesthetic: [AestheticScorer] = [],
    lpips: [LPIPSScorer] = []
  ) {
    self.clip = Self.distinct(clip, \.identity.fingerprint)
    self.pick = Self.distinct(pick, \.identity.fingerprint)
    self.aesthetic = Self.distinct(aesthetic, \.identity.fingerprint)
    self.lpips = Self.distinct(lpips, \.identity.fingerprint)
  }

  /// Those of a kind, in their order, as stores keep them.
  public var records: [ScorerRecord] {
    let identities: [(Metric.Scorer, [ModelIdentity])] = [
      (.clip, clip.map(\.identity)), (.pick, pick.map(\.identity)),
      (.aesthetic, aesthetic.map(\.identity)), (.lpips, lpips.map(\.identity)),
    ]
    return identities.flatMap { kind, identities in
      identities.map { ScorerRecord(kind: kind, name: $0.name, fingerprint: $0.fingerprint) }
    }
  }

  private static func distinct<Scorer>(_ scorers: [Scorer], _ key: (Scorer) -> String) -> [Scorer] {
    var seen: Set<String> = []
    return scorers.filter { seen.insert(key($0)).inserted }
  }
}
