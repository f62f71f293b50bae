/// A LoRA that a user asks for.
public struct LoRAChoice: Sendable, Hashable, Codable {
  /// A safetensors file.
  public var path: String
  /// How strongly it acts: 1 as it was trained, 0 not at all.
  public var scale: Double

  public init(path: String, scale: Double = 1) {
    self.path = path
    self.scale = scale
  }
}
