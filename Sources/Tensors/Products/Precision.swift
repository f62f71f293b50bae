/// What the matrix products of a network are computed in.
public enum Precision: String, Sendable, CaseIterable, Codable {
  /// IEEE single precision throughout.
  case fp32
  /// The factors of a product rounded to bfloat16 (eight significant bits), its sums in fp32.
  case bf16
}
