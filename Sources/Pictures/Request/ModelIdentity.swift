/// A checkpoint as runs and pictures name it.
public struct ModelIdentity: Sendable {
  public var name: String
  public var reference: ModelReference
  /// What its folder says about itself.
  public var note: String?

  public init(name: String, fingerprint: String, note: String? = nil) {
    self.init(name: name, reference: ModelReference(fingerprint: fingerprint), note: note)
  }

  public init(name: String, reference: ModelReference, note: String? = nil) {
    self.name = name
    self.reference = reference
    self.note = note
  }

  /// Hash of its weights, configurations and vocabularies, and of what was added to them.
  public var fingerprint: String { reference.id }
}

extension ModelIdentity: Hashable {
  /// A store only has the fingerprint.
  public static func == (a: Self, b: Self) -> Bool {
    (a.name, a.fingerprint, a.note) == (b.name, b.fingerprint, b.note)
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(name)
    hasher.combine(fingerprint)
    hasher.combine(note)
  }
}
