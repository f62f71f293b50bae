import Files
public import Foundation
import GRDB

/// The results of sweeps in one SQLite file: foreign keys, strict tables, every change one transaction; a write-ahead
/// log while it is written to, so that it can be read meanwhile.
public final class ResultStore: Sendable {
  public enum Access: Sendable {
    /// The file stays as it is, byte for byte; an older schema is brought up to date in a copy.
    case reading
    /// An older schema is brought up to date.
    case writing
    /// The same, and a store that is not there is made, with its folder.
    case creating
  }

  /// What a store is called in a run's folder.
  public static let usualName = "tome-eval.sqlite"

  public let path: String
  /// Of the store's file, which paths of pictures are relative to.
  public let folder: URL
  private let database: DatabaseQueue
  /// What a reader reads, where that is not the file itself.
  private let copy: StoreCopy?
  private let isWriter: Bool

  /// Opens the store at `url`.
  /// - Throws: ``StoreError``; a file that is not a store, or one of a newer schema, is left untouched.
  public init(_ url: URL, access: Access = .reading) throws(StoreError) {
    let path = url.path
    self.path = path
    folder = url.standardizedFileURL.deletingLastPathComponent()
    isWriter = access != .reading
    do {
      try Self.prepare(url, create: access == .creating)
      if isWriter {
        database = try Self.openForWriting(path)
        copy = nil
      } else {
        (database, copy) = try Self.openForReading(path)
      }
    } catch let error as CocoaError {
      throw .unwritable(path: path, reason: error.localizedDescription)
    } catch {
      throw StoreError(error, path: path)
    }
  }

  /// Leaves a file that can be read without any other beside it: with the log folded in, and no log kept. While
  /// another process has the store open, that is left to the last one.
  deinit {
    guard isWriter else { return }
    try? database.inDatabase { db in
      try db.execute(sql: "PRAGMA busy_timeout = 0; PRAGMA journal_mode = DELETE")
    }
  }

  private static func prepare(_ url: URL, create: Bool) throws {
    // SQLite would wait at a pipe. Nothing is opened: to close it again takes away the locks that this process has.
    for path in [url.path] + StoreCopy.companions.map({ url.path + $0 }) {
      guard let kind = FileProblem.Kind(at: path) else { continue }
      throw StoreError.noFile(path: path, kind: kind.rawValue)
    }
    if FileManager.default.fileExists(atPath: url.path) { return }
    if create {
      do throws(FileProblem) { try Folder.make(url.deletingLastPathComponent().path) } catch {
        throw StoreError.unwritable(path: url.path, reason: error.reason)
      }
    } else {
      throw StoreError.missing(path: url.path)
    }
  }

  /// Seconds that a locked store is waited for.
  private static let patience = 10.0

  private static func openForWriting(_ path: String) throws -> DatabaseQueue {
    if FileManager.default.fileExists(atPath: path) {
      // A foreign file is not even opened for writing; but what a killed writer left half done, only a writer can undo.
      do {
        _ = try open(path, isReadonly: true).read { try pendingSteps(in: $0, path: path) }
      } catch let error as DatabaseError where StoreCopy.mayHelp(against: error) {}
    }
    do {
      let schema = try open(path, foreignKeys: false)
      if try schema.read({ try pendingSteps(in: $0, path: path) }) { try migrate(schema, path: path) }
    }
    let database = try open(path)
    try withPatience {
      try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = WAL") }
    }
    return database
  }

  private static func openForReading(_ path: String) throws -> (DatabaseQueue, StoreCopy?) {
    if !StoreCopy.isNeeded(for: path), let direct = try? open(path, isReadonly: true),
      let isPending = try inspect(direct, path: path)
    {
      guard isPending else { return (direct, nil) }
      let memory = try DatabaseQueue(configuration: configuration(foreignKeys: false))
      try direct.backup(to: memory)
      try migrate(memory, path: path)
      return (memory, nil)
    }
    let copy = try StoreCopy(of: path)
    let database = try open(copy.path, foreignKeys: false)
    if try database.read({ try pendingSteps(in: $0, path: path) }) { try migrate(database, path: path) }
    return (database, copy)
  }

  /// Whether steps are missing; nil when the file cannot be read where it lies.
  private static func inspect(_ database: DatabaseQueue, path: String) throws -> Bool? {
    do {
      return try database.read { try pendingSteps(in: $0, path: path) }
    } catch let error as DatabaseError where StoreCopy.mayHelp(against: error) {
      return nil
    }
  }

  private static func migrate(_ database: DatabaseQueue, path: String) throws {
    try database.writeWithoutTransaction { db in
      // Another process may be at it, too: who gets the lock second finds everything done.
      try db.inTransaction(.exclusive) {
        _ = try pendingSteps(in: db, path: path)
        try Schema.migrate(db)
        return .commit
      }
    }
  }

  /// Whether the store's schema is older than this program's.
  /// - Throws: ``StoreError`` for what this version cannot keep.
  private static func pendingSteps(in db: Database, path: String) throws -> Bool {
    guard try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0 > 0 else { return true }
    guard try Int.fetchOne(db, sql: "PRAGMA application_id") == Schema.applicationID else {
      throw StoreError.notAStore(path: path)
    }
    let known = Set(Schema.steps.map(\.name))
    let applied = try Schema.applied(in: db)
    if let unknown = applied.subtracting(known).min() {
      throw StoreError.newerSchema(path: path, step: unknown)
    }
    return applied != known
  }

  private static func configuration(isReadonly: Bool = false, foreignKeys: Bool = true) -> Configuration {
    var configuration = Configuration()
    configuration.readonly = isReadonly
    configuration.foreignKeysEnabled = foreignKeys
    configuration.busyMode = .timeout(patience)
    return configuration
  }

  private static func open(
    _ path: String, isReadonly: Bool = false, foreignKeys: Bool = true
  ) throws -> DatabaseQueue {
    try withPatience {
      try DatabaseQueue(
        path: path, configuration: configuration(isReadonly: isReadonly, foreignKeys: foreignKeys))
    }
  }

  /// SQLite does not wait for locks when it changes the kind of journal.
  private static func withPatience<Value>(_ body: () throws -> Value) throws -> Value {
    let deadline = ContinuousClock.now + .seconds(patience)
    while true {
      do {
        return try body()
      } catch let error as DatabaseError
        where error.resultCode == .SQLITE_BUSY && ContinuousClock.now < deadline
      {
        Thread.sleep(forTimeInterval: 0.02)
      }
    }
  }

  func read<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
    do { return try database.read(body) } catch { throw StoreError(error, path: path) }
  }

  func write<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
    precondition(isWriter, "a store that was opened for reading is written to")
    do { return try database.write(body) } catch { throw StoreError(error, path: path) }
  }
}
