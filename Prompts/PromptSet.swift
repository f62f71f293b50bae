/// One prompt of a set and where it comes from.
public struct Prompt: Hashable, Sendable, Codable {
  /// The row in the published Parti Prompts file, or the line in the user's file.
  public let row: Int
  public let text: String
  public let category: String?
  public let challenge: String?

  public init(row: Int, text: String, category: String? = nil, challenge: String? = nil) {
    self.row = row
    self.text = text
    self.category = category
    self.challenge = challenge
  }
}
