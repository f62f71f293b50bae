/// What can be wrong with a benchmark. Each case reads as one sentence.
public enum BenchmarkError: Error, Equatable, CustomStringConvertible {
  case limitRefused(bytes: Int, reason: String)
  case notStarted(path: String, reason: String)
  case nothingToMeasure(String)
  case peer(String)
  case baseline(path: String, field: String?, reason: String)

  public var description: String {
    switch self {
    case .limitRefused(let bytes, let reason):
      "a memory limit of \(bytes) bytes was refused by the system: \(reason)"
    case .notStarted(let path, let reason):
      "\(path): cannot be started for a measurement: \(reason); install it where it can be executed"
    case .nothingToMeasure(let reason):
      "there is nothing to measure: \(reason)"
    case .peer(let reason):
      "the peer cannot take part: \(reason)"
    case .baseline(let path, let field, let reason):
      "\(path): \(field.map { "\($0) " } ?? "")\(reason)"
    }
  }
}
