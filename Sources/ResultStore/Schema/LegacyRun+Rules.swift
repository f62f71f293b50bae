import GRDB
import Pictures
import TokenMerging

/// What the columns of a store before step 5 hold, by table.
extension LegacyRun {
  static let rules: [String: [ColumnRule]] = [
    "run": [
      .integer("id"), .text("name"), .text("modelFingerprint"), .text("clipName").orNull,
      .text("clipFingerprint").orNull, .text("lpipsName").orNull, .text("lpipsFingerprint").orNull,
      .json("settings", of: Settings.self),
    ],
    "prompt": [
      .integer("id"), .integer("row"), .text("text"), .text("category").orNull, .text("challenge").orNull,
      .text("subset").orNull,
    ],
    "variant": [
      .integer("id"), .number("ratio", in: 0...1), .number("effectiveRatio", in: 0...1),
      .integer("maxDownsample", in: 1...8), .integer("sx", in: 1...(.max)), .integer("sy", in: 1...(.max)),
      .integer("useRand"), .integer("mergeAttn"), .integer("mergeCrossattn"), .integer("mergeMlp"),
      .integer("isBaseline"), .word("mergeVariant", of: MergeVariant.self), .integer("steps").orNull,
      .number("equalTimeRatio", in: 0...1).orNull, .text("equalTimeOf").orNull,
    ],
    "sample": [
      .integer("id"), .integer("promptID"), .integer("variantID"), .integer("seed"),
      .word("state", of: SampleRecord.State.self), .text("contentKey"),
      .text("imagePath") { (try? PicturePath($0)) != nil }.orNull, .text("imageHash").orNull,
      .text("latentsHash").orNull, .number("seconds", in: ColumnRule.seconds).orNull,
      .number("secondsPerStep", in: 0...ColumnRule.largest).orNull, .text("stageSeconds").orNull,
      .integer("peakMemoryBytes").orNull, .json("mergeStatistics", of: [String: Double].self).orNull,
      .text("error").orNull,
    ],
  ]

  /// All of a store.
  static func all(in db: Database) throws -> [LegacyRun] {
    try rows(db, "run", "SELECT * FROM run ORDER BY id").map { try LegacyRun($0, in: db) }
  }

  /// - Throws: ``DamagedRow``, or the database's errors.
  static func rows(
    _ db: Database, _ table: String, _ sql: String, _ arguments: StatementArguments = []
  ) throws -> [Row] {
    try Row.fetchChecked(
      db, SQLRequest<Row>(sql: sql, arguments: arguments), of: table, key: ["id"], rules[table, default: []])
  }
}
