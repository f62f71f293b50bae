/// What can keep a report from being written: one sentence, which file, what is wrong, what to do.
public enum ReportError: Error, Equatable, CustomStringConvertible {
  case unwritable(path: String, reason: String)
  case template(name: String, reason: String)

  public var description: String {
    switch self {
    case .unwritable(let path, let reason):
      "\(path): the report cannot be written: \(reason); choose another folder with --output, or make room"
    case .template(let name, let reason):
      "the report's template '\(name)' does not render: \(reason); this is a defect of tome-eval, please report it"
    }
  }
}
