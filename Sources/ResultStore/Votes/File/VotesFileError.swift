/// What is wrong with a file of votes: which one, where in it, and what to do.
public struct VotesFileError: Error, Equatable, CustomStringConvertible {
  public let path: String
  /// As in `votes[3].answer`; nil for the file as a whole.
  public let field: String?
  public let reason: String

  public var description: String { "\(path): \(field.map { $0 + " " } ?? "")\(reason)" }

  /// What can be done about a file that no page wrote so.
  static let saveAgain = "save it again with “Save as JSON” of the page’s blind vote"
}
