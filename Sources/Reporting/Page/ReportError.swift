public import PictureFiles
import Wording

/// What can keep a report from being written: one sentence, which file, what is wrong.
public enum ReportError: Error, Equatable, CustomStringConvertible {
  case unwritable(path: String, reason: String)
  case pictures(PictureFileError)
  case template(name: String, reason: String)
  case incomparable(runs: [String], reason: String)
  case tooLarge(path: String, bytes: Int)

  public var description: String {
    switch self {
    case .unwritable(let path, let reason):
      "\(path): the report cannot be written: \(reason)"
    case .pictures(let error):
      "the report cannot be made: \(error)"
    case .template(let name, let reason):
      "the report's template '\(name)' does not render: \(reason); this is a defect of tome-eval, please report it"
    case .incomparable(let runs, let reason):
      "runs \(runs.map { "'\($0)'" }.joined(separator: " and ")) cannot be laid side by side: \(reason)"
    case .tooLarge(let path, let bytes):
      "\(path): would hold \(NumberText.bytes(bytes)), more than browsers show as one file"
    }
  }
}
