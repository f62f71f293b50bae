/// A simple JSON value; a missing one is written as null, not left out.
enum JSONScalar: Encodable {
  case number(Double), flag(Bool), text(String), texts([String: String]), null

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .number(let value): try container.encode(value)
    case .flag(let value): try container.encode(value)
    case .text(let value): try container.encode(value)
    case .texts(let value): try container.encode(value)
    case .null: try container.encodeNil()
    }
  }
}
