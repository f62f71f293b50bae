extension DecodingError {
  /// The keys and indices that lead to what is at fault.
  package var place: [String] {
    let path: [any CodingKey] =
      switch self {
      case .keyNotFound(let key, let context): context.codingPath + [key]
      case .valueNotFound(_, let context), .typeMismatch(_, let context), .dataCorrupted(let context):
        context.codingPath
      @unknown default: []
      }
    return path.map(\.stringValue)
  }

  /// What is wrong at ``place``, without the names that this program has for it.
  package var reason: String {
    switch self {
    case .keyNotFound: "is missing"
    case .valueNotFound(let type, _): "is null, expected \(Self.name(type))"
    case .typeMismatch(let type, _): "expected \(Self.name(type))"
    default:
      place.isEmpty
        ? "is not JSON; download or export it again" : "holds a value that is out of range or malformed"
    }
  }

  private static func name(_ type: Any.Type) -> String {
    switch type {
    case is Bool.Type: "true or false"
    case is String.Type: "a text"
    case is any BinaryInteger.Type: "a whole number"
    case is any BinaryFloatingPoint.Type: "a number"
    case is [String: Any].Type: "an object"
    case is [Any].Type: "a list"
    default: "another kind of value"
    }
  }
}
