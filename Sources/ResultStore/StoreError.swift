import GRDB

/// What can be wrong with a store of results. Each case reads as one sentence:
/// which file, what was found, what to do. The file is left as it was.
public enum StoreError: Error, Equatable, CustomStringConvertible {
  case missing(path: String)
  case noFile(path: String, kind: String)
  case notAStore(path: String)
  case damaged(path: String, reason: String)
  case newerSchema(path: String, step: String)
  case locked(path: String)
  case unwritable(path: String, reason: String)
  case diskFull(path: String)
  case noSuchRun(path: String, name: String, known: [String])
  case failed(path: String, reason: String)

  public var description: String {
    switch self {
    case .missing(let path):
      "\(path): no such store"
    case .noFile(let path, let kind):
      "\(path): is \(kind), not the file of a store"
    case .notAStore(let path):
      "\(path): not a store of tome-eval; the file was left as it is"
    case .damaged(let path, let reason):
      "\(path): the store is damaged (\(reason)); restore a copy, or sweep again into another folder"
    case .newerSchema(let path, let step):
      "\(path): written by a newer tome-eval (schema step '\(step)' is unknown to this one); "
        + "update tome-eval, the file was left as it is"
    case .locked(let path):
      "\(path): locked by another process; wait for it to end, then run the same command again"
    case .unwritable(let path, let reason):
      "\(path): cannot be written: \(reason)"
    case .diskFull(let path):
      "\(path): the disk is full; free some space, then run the same command again"
    case .noSuchRun(let path, let name, let known):
      known.isEmpty
        ? "\(path): holds no run yet"
        : "\(path): holds no run '\(name)'; it holds \(known.joined(separator: ", "))"
    case .failed(let path, let reason):
      "\(path): \(reason)"
    }
  }

  /// The meaning of an error that SQLite reported for the store at `path`.
  init(_ error: any Error, path: String) {
    switch error {
    case let error as StoreError:
      self = error
    case let error as DatabaseError:
      self.init(error.extendedResultCode, path: path)
    case let error as DamagedRow:
      self = .damaged(path: path, reason: "\(error)")
    case is RowDecodingError, is DecodingError:
      self = .damaged(path: path, reason: "a row cannot be read")
    default:
      self = .failed(path: path, reason: "\(error)")
    }
  }

  /// In our words: SQLite's are about its files and statements, which nobody else knows.
  private init(_ code: ResultCode, path: String) {
    self =
      switch code.primaryResultCode {
      case .SQLITE_NOTADB: .notAStore(path: path)
      case .SQLITE_CORRUPT: .damaged(path: path, reason: "its pages contradict each other")
      case .SQLITE_ERROR, .SQLITE_SCHEMA:
        .damaged(path: path, reason: "its tables are others than a store has")
      case .SQLITE_CONSTRAINT, .SQLITE_MISMATCH:
        .damaged(path: path, reason: "its rows contradict each other")
      case .SQLITE_BUSY, .SQLITE_LOCKED: .locked(path: path)
      case .SQLITE_CANTOPEN: .unwritable(path: path, reason: "it, or a file beside it, cannot be opened")
      case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH: .unwritable(path: path, reason: "it is read-only")
      case .SQLITE_IOERR: .unwritable(path: path, reason: "the disk refuses it, or is full")
      case .SQLITE_FULL: .diskFull(path: path)
      case .SQLITE_NOMEM: .failed(path: path, reason: "not enough memory to work with it")
      default: .failed(path: path, reason: "SQLite error \(code.rawValue)")
      }
  }
}
