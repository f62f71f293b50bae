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

extension ModelIdentity {
  /// Of a model that another program has: as far as it tells, with whatever else decides its pixels and has no field of
  /// a request.
  /// - Parameters:
  ///   - hash: whatever tells checkpoints apart, as the web UI's short hash or a whole digest
  ///   - settings: by the other program's names, as in `Clip skip`
  public init(name: String?, hash: String?, settings: [String: String]) {
    let others = settings.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    let known = hash.map { "hash \($0)" } ?? "name \(name ?? "unknown")"
    self.init(
      name: name ?? hash ?? "unknown model",
      fingerprint: others.isEmpty ? known : contentHash(of: [known] + others),
      note: others.isEmpty ? nil : "Made with \(others.joined(separator: ", ")).")
  }
}
