import Foundation

/// What a service answers to one request.
struct HTTPAnswer: Sendable {
  let status: Int
  let body: Data
  /// By their names in small letters.
  let headers: [String: String]
  /// What was asked, as messages name it.
  let path: String

  /// - Throws: ``HTTPFailure`` saying that it is something else.
  func decode<Value: Decodable>(_ type: Value.Type) throws(HTTPFailure) -> Value {
    do {
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      return try decoder.decode(type, from: body)
    } catch {
      throw unexpected(Self.reason(error))
    }
  }

  func unexpected(_ reason: String) -> HTTPFailure {
    HTTPFailure(.unexpected, "answers \(path) with something else than it should: \(reason)")
  }

  private static func reason(_ error: any Error) -> String {
    func field(_ path: [any CodingKey]) -> String {
      path.isEmpty ? "the answer" : "'\(path.map(\.stringValue).joined(separator: "."))'"
    }
    switch error as? DecodingError {
    case .keyNotFound(let key, let context): return "there is no \(field(context.codingPath + [key]))"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return "\(field(context.codingPath)) is of another type"
    default: return "it is no JSON"
    }
  }
}
