/// What makes pictures, as executions and reports name it.
public struct EngineIdentity: Hashable, Sendable {
  /// As `--engine` names it.
  public var name: String
  /// Nil where it is the program's own.
  public var version: String?
  /// What it computes on; nil for the machine's processor.
  public var device: String?

  public init(name: String, version: String? = nil, device: String? = nil) {
    self.name = name
    self.version = version
    self.device = device
  }

  /// This program's own pipeline.
  public static let builtin = EngineIdentity(name: "builtin")
}
