public import Foundation
import GRDB

/// The results of sweeps in one SQLite file: write-ahead log, foreign keys, strict
/// tables, every change one transaction.
public final class ResultStore: Sendable {
  public let path: String
  private let database: DatabaseQueue

  /// Opens the store at `url`, bringing an older schema up to date.
  /// - Parameter create: whether a store that is not there is made, with its folder.
  /// - Throws: ``StoreError``; a file that is not a store, or one of a newer schema, is
  ///   left untouched.
  public init(_ url: URL, create: Bool = false) throws(StoreError) {
    let path = url.path
    self.path = path
    do {
      if FileManager.default.fileExists(atPath: path) {
        try Self.inspect(path)
      } else if create {
        try FileManager.default.createDirectory(
          at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      } else {
        throw StoreError.missing(path: path)
      }
      var configuration = Configuration()
      configuration.journalMode = .wal
      configuration.busyMode = .timeout(5)
      database = try DatabaseQueue(path: path, configuration: configuration)
      try Schema.migrator.migrate(database)
    } catch let error as CocoaError {
      throw .unwritable(path: path, reason: error.localizedDescription)
    } catch {
      throw StoreError(error, path: path)
    }
  }

  /// Looks at an existing file, read-only, and refuses what this version cannot keep.
  private static func inspect(_ path: String) throws {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), !isDirectory.boolValue
    else { throw StoreError.unwritable(path: path, reason: "it is a folder") }
    var configuration = Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(5)
    try DatabaseQueue(path: path, configuration: configuration).read { db in
      let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0
      guard tables > 0 else { return }
      guard try Int.fetchOne(db, sql: "PRAGMA application_id") == Schema.applicationID else {
        throw StoreError.notAStore(path: path)
      }
      let applied = try Schema.migrator.appliedIdentifiers(db)
      if let unknown = applied.subtracting(Schema.migrator.migrations).min() {
        throw StoreError.newerSchema(path: path, step: unknown)
      }
    }
  }

  func read<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
    do { return try database.read(body) } catch { throw StoreError(error, path: path) }
  }

  func write<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
    do { return try database.write(body) } catch { throw StoreError(error, path: path) }
  }
}
