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
