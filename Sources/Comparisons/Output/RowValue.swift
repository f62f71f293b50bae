/// A number or a word of a row, as programs read it: unrounded.
enum RowScalar: Encodable, Sendable {
  case number(Double), count(Int), text(String), flag(Bool), list([String])
  case object([String: RowScalar])

  init?(_ value: Double?) { if let value { self = .number(value) } else { return nil } }
  init?(_ value: Int?) { if let value { self = .count(value) } else { return nil } }
  init?(_ value: String?) { if let value { self = .text(value) } else { return nil } }

  /// As a field of CSV.
  var field: String {
    switch self {
    case .number(let value): "\(value)"
    case .count(let value): "\(value)"
    case .text(let value): value
    case .flag(let value): value ? "1" : "0"
    case .list(let values): values.joined(separator: "; ")
    case .object: ""
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .number(let value): try container.encode(value)
    case .count(let value): try container.encode(value)
    case .text(let value): try container.encode(value)
    case .flag(let value): try container.encode(value)
    case .list(let values): try container.encode(values)
    case .object(let values): try container.encode(values)
    }
  }
}

/// One of the values of a column.
struct RowValue: Sendable {
  /// Over its column in CSV.
  let key: String
  /// Where it stands in JSON: keys from the row on.
  let paths: [[String]]
  /// Whether it is words.
  let isText: Bool
  let scalar: @Sendable (Comparison.Row) -> RowScalar?

  init(
    _ key: String, isText: Bool = false, at paths: [[String]]? = nil,
    _ scalar: @escaping @Sendable (Comparison.Row) -> RowScalar?
  ) {
    self.key = key
    self.isText = isText
    self.paths = paths ?? [[key]]
    self.scalar = scalar
  }
}

extension Comparison {
  /// Rows as JSON.
  func documents(_ rows: [Row]) -> [RowScalar] {
    let values = columns.flatMap(\.values)
    return rows.map { Self.document($0, values) }
  }

  private static func document(_ row: Row, _ values: [RowValue]) -> RowScalar {
    var fields: [String: RowScalar] = [:]
    // There whether they hold something or not.
    var objects: [String: [String: RowScalar]] = ["score": [:], "clip_score": [:], "means": [:]]
    for value in values {
      guard let scalar = value.scalar(row) else { continue }
      for path in value.paths {
        if path.count == 1 {
          fields[path[0]] = scalar
        } else {
          objects[path[0], default: [:]][path[1]] = scalar
        }
      }
    }
    return .object(fields.merging(objects.mapValues(RowScalar.object)) { first, _ in first })
  }
}
