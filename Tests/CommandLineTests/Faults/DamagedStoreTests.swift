import Foundation
import GRDB
import ReferenceFixtures
import Testing

/// A store with what no sweep writes ends every command with 2 and the place of it.
@Suite struct DamagedStoreTests {
  @Test func `numbers, words and rows that cannot be are named, whatever reads them`() throws {
    let folder = try TemporaryFolder()
    let whole = FaultedRun(folder.url.appendingPathComponent("whole"))
    try whole.finish(whole.sweep)
    for (index, (sql, words)) in [
      ("UPDATE score SET value = 9e999", "table score"),
      ("UPDATE score SET value = 1e308 * (sampleID % 2 * 2 - 1)", "column value"),
      ("UPDATE sample SET seconds = 9e999", "table sample, row 1, column seconds: inf"),
      ("UPDATE sample SET seconds = 0, secondsPerStep = 0", "column seconds: 0.0"),
      (
        "DELETE FROM score; DELETE FROM seedNoise; DELETE FROM sample", "its pictures are not in table sample"
      ),
    ].enumerated() {
      let run = FaultedRun(folder.url.appendingPathComponent("\(index)"))
      try FileManager.default.copyItem(at: whole.folder, to: run.folder)
      try DatabaseQueue(path: run.store.path).write { try $0.execute(sql: sql) }
      for command in [
        ["compare", "--output", run.folder.path], run.report,
        ["verify", "--files-only", "--output", run.folder.path], run.sweep,
      ] {
        let result = try Tool.run(command)
        #expect(result.status == 2 && result.output.isEmpty, "\(command[0]) after \(sql): \(result.errors)")
        #expect(result.errors.contains("the store is damaged (") && result.errors.contains(words))
      }
    }
  }
}
