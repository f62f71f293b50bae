/// A checkpoint as runs and pictures name it.
public struct ModelIdentity: Hashable, Sendable {
  public var name: String
  /// Hash of its weights, configurations and vocabularies.
  public var fingerprint: String
  /// What its folder says about itself.
  public var note: String?

  public init(name: String, fingerprint: String, note: String? = nil) {
    self.name = name
    self.fingerprint = fingerprint
    self.note = note
  }
}
