import GRDB

/// One prompt of a run.
public struct PromptRecord: StoredRecord {
  public static let databaseTableName = "prompt"

  @RowID public var id: Int64
  public var runID: Int64
  /// Its place among the run's prompts, from 0.
  public var position: Int
  /// The row in the published Parti Prompts file, or the line of the user's file.
  public var row: Int
  public var text: String
  public var category: String?
  public var challenge: String?
  /// `mini` or `full` for the bundled prompts.
  public var subset: String?
  /// The end of the text, where that is longer than the model reads: it had no effect. Nil where nothing is known of it.
  public var unread: String?

  public init(
    id: Int64 = 0, runID: Int64 = 0, position: Int = 0, row: Int, text: String, category: String? = nil,
    challenge: String? = nil, subset: String? = nil, unread: String? = nil
  ) {
    self.id = id
    self.runID = runID
    self.position = position
    self.row = row
    self.text = text
    self.category = category
    self.challenge = challenge
    self.subset = subset
    self.unread = unread
  }
}
