/// The model that makes a picture, as far as its pixels depend on it.
public struct ModelReference: Hashable, Sendable {
  /// Weights that are added to the model's own, as LoRA does.
  public struct Adapter: Sendable, Codable {
    /// Of its file, without the suffix; equal adapters may have different ones.
    public var name: String?
    /// Hash of its weights.
    public var fingerprint: String
    /// How strongly it acts: 1 as it was trained.
    public var scale: Double

    public init(name: String? = nil, fingerprint: String, scale: Double) {
      self.name = name
      self.fingerprint = fingerprint
      self.scale = scale
    }
  }

  /// A word that is added to the text encoders, as textual inversion does.
  public struct Word: Hashable, Sendable, Codable {
    /// How prompts write it.
    public var token: String
    /// Hash of its vectors.
    public var fingerprint: String

    public init(token: String, fingerprint: String) {
      self.token = token
      self.fingerprint = fingerprint
    }
  }

  /// See ``ModelIdentity/fingerprint``.
  public var fingerprint: String
  /// In the order in which they are added.
  public var adapters: [Adapter]
  /// By their tokens.
  public var words: [Word]

  public init(fingerprint: String, adapters: [Adapter] = [], words: [Word] = []) {
    self.fingerprint = fingerprint
    self.adapters = adapters
    self.words = words.sorted { $0.token < $1.token }
  }

  /// The same for equal references, and for no others.
  public var id: String { adapters.isEmpty && words.isEmpty ? fingerprint : contentHash(of: unnamed) }

  /// Without what decides nothing.
  var unnamed: ModelReference {
    var unnamed = self
    for index in adapters.indices { unnamed.adapters[index].name = nil }
    return unnamed
  }
}

extension ModelReference.Adapter: Hashable {
  public static func == (a: Self, b: Self) -> Bool { (a.fingerprint, a.scale) == (b.fingerprint, b.scale) }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(fingerprint)
    hasher.combine(scale)
  }
}

extension ModelReference: Codable {
  private enum CodingKeys: String, CodingKey {
    case fingerprint = "modelFingerprint"
    case adapters, words
  }

  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    fingerprint = try fields.decode(String.self, forKey: .fingerprint)
    adapters = try fields.decodeIfPresent([Adapter].self, forKey: .adapters) ?? []
    words = try fields.decodeIfPresent([Word].self, forKey: .words) ?? []
  }

  public func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(fingerprint, forKey: .fingerprint)
    if !adapters.isEmpty { try fields.encode(adapters, forKey: .adapters) }
    if !words.isEmpty { try fields.encode(words, forKey: .words) }
  }
}
