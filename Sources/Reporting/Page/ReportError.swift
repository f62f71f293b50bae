/// What can keep a report from being written: one sentence, which file, what is wrong, what to do.
public enum ReportError: Error, Equatable, CustomStringConvertible {
  case unwritable(path: String, reason: String)
  case unreadable(path: String, reason: String)
  case template(name: String, reason: String)
  case incomparable(runs: [String], reason: String)
  case tooLarge(path: String, bytes: Int)

  public var description: String {
    switch self {
    case .unwritable(let path, let reason):
      "\(path): the report cannot be written: \(reason); choose another folder with --output or --to, or make room"
    case .unreadable(let path, let reason):
      "\(path): cannot be read: \(reason); write the report again"
    case .template(let name, let reason):
      "the report's template '\(name)' does not render: \(reason); this is a defect of tome-eval, please report it"
    case .incomparable(let runs, let reason):
      "runs \(runs.map { "'\($0)'" }.joined(separator: " and ")) cannot be laid side by side: \(reason)"
    case .tooLarge(let path, let bytes):
      "\(path): would hold \(bytes / 1_000_000) MB, more than browsers show as one file; leave out --single-file "
        + "and share the folder"
    }
  }
}
