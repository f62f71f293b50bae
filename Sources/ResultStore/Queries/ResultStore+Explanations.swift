import Foundation
import GRDB
import TokenMerging

extension ResultStore {
  /// Stores what was seen of samples' pictures, in place of what was known before, in one transaction.
  /// - Parameter explanations: by the samples' numbers
  public func save(_ explanations: [Int64: Explanation]) throws(StoreError) {
    try write { db in
      for (id, explanation) in explanations.sorted(by: { $0.key < $1.key }) {
        try Self.dropExplanation(ofSample: id, in: db)
        for (position, each) in explanation.maps.enumerated() {
          let packed = PackedMap(each.map)
          try db.cachedStatement(
            sql: """
              INSERT INTO explanation (sampleID, pass, step, steps, position, block, width, height, destinations,
                similarities) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
              """
          ).execute(arguments: [
            id, each.moment.pass, each.moment.step, each.moment.steps, position, each.map.block,
            each.map.width,
            each.map.height, packed.destinations, packed.similarities,
          ])
        }
        for preview in explanation.previews {
          try db.cachedStatement(
            sql: "INSERT INTO preview (sampleID, pass, step, steps, png) VALUES (?, ?, ?, ?, ?)"
          ).execute(arguments: [
            id, preview.moment.pass, preview.moment.step, preview.moment.steps, preview.png,
          ])
        }
      }
    }
  }

  /// What was seen of the pictures of a run, by its samples' numbers; of most pictures nothing was.
  /// - Throws: ``StoreError/damaged(path:reason:)`` that names the row and the column that cannot be.
  public func explanations(ofRun id: Int64) throws(StoreError) -> [Int64: Explanation] {
    try read { db in try Self.explanations(ofRun: id, in: db) }
  }

  static func explanations(ofRun id: Int64, in db: Database) throws -> [Int64: Explanation] {
    var explanations: [Int64: Explanation] = [:]
    let ofRun = """
      JOIN sample ON sample.id = sampleID JOIN prompt ON prompt.id = sample.promptID WHERE prompt.runID = ?
      """
    let maps = try Row.fetchChecked(
      db,
      SQLRequest<Row>(
        sql:
          "SELECT explanation.* FROM explanation \(ofRun) ORDER BY sampleID, pass, step, position, block",
        arguments: [id]), of: "explanation", key: mapKey, mapRules)
    for row in maps {
      explanations[row["sampleID"], default: Explanation()].maps.append(
        Explanation.BlockMap(moment(row), try map(row)))
    }
    let previews = try Row.fetchChecked(
      db,
      SQLRequest<Row>(
        sql: "SELECT preview.* FROM preview \(ofRun) ORDER BY sampleID, pass, step", arguments: [id]),
      of: "preview", key: previewKey, previewRules)
    for row in previews {
      explanations[row["sampleID"], default: Explanation()].previews.append(
        Explanation.Preview(moment(row), png: row["png"]))
    }
    return explanations
  }

  /// Of a picture that is made again: what was seen is not of it.
  static func dropExplanation(ofSample id: Int64, in db: Database) throws {
    try db.execute(sql: "DELETE FROM explanation WHERE sampleID = ?", arguments: [id])
    try db.execute(sql: "DELETE FROM preview WHERE sampleID = ?", arguments: [id])
  }
}

private let mapKey = ["sampleID", "pass", "step", "block"]
private let previewKey = ["sampleID", "pass", "step"]

/// Steps of a pass; no sampler knows more.
private let moments: [ColumnRule] = [
  .integer("sampleID"), .integer("pass", in: 1...2), .integer("step", in: 1...1_000_000),
  .integer("steps", in: 1...1_000_000),
]

private let mapRules =
  moments + [
    .integer("position", in: 0...1_000_000), .text("block") { !$0.isEmpty },
    .integer("width", in: ColumnRule.sides), .integer("height", in: ColumnRule.sides),
    .blob("destinations"), .blob("similarities"),
  ]

private let previewRules = moments + [.blob("png") { $0.starts(with: pngSignature) }]

private let pngSignature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

private func moment(_ row: Row) -> Explanation.Moment {
  Explanation.Moment(pass: row["pass"], step: row["step"], steps: row["steps"])
}

private func map(_ row: Row) throws(DamagedRow) -> MergeMap {
  let (width, height): (Int, Int) = (row["width"], row["height"])
  let packed = PackedMap(destinations: row["destinations"], similarities: row["similarities"])
  func damage(_ column: String) -> DamagedRow {
    DamagedRow(row, of: "explanation", key: mapKey, column: column, value: row.value(column))
  }
  guard let places = packed.places(tokens: width * height) else { throw damage("destinations") }
  guard let cosines = packed.cosines(tokens: width * height) else { throw damage("similarities") }
  return MergeMap(
    block: row["block"], width: width, height: height, destinations: places, similarities: cosines)
}
