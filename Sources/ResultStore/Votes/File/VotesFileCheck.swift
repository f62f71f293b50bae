import Foundation
import Pictures

/// Reads a file of votes value by value, and says of the first that cannot be which it is.
struct VotesFileCheck {
  /// What tells the file from others.
  struct Head: Decodable {
    let format: String?
    let version: Double?
  }

  struct Body: Decodable {
    struct Run: Decodable { let key: String }

    struct Picture: Decodable {
      let variant: String
      let pixelHash: String?
    }

    struct Vote: Decodable {
      let run, round, row, seed, prompt: String
      let baseline, merged: Picture
      let baselineSide, answer: String
      let milliseconds: Double
      let isCatchTrial: Bool
      let time: String
    }

    struct Mark: Decodable {
      let run, row, seed: String
      let prompt: String?
      let pixelHash: String?
      let ratio: String?
      let time: String
    }

    let voter: String?
    let voterName: String?
    let runs: [Run]
    let votes: [Vote]
    let noticed: [Mark]
  }

  let path: String

  func error(_ field: String?, _ reason: String) -> VotesFileError {
    VotesFileError(path: path, field: field, reason: reason)
  }

  func decode<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) throws(VotesFileError) -> Value {
    do {
      return try JSONDecoder().decode(type, from: Data(bytes))
    } catch let problem as DecodingError {
      throw error(problem)
    } catch {
      throw self.error(nil, "is no JSON; \(VotesFileError.saveAgain)")
    }
  }

  private func error(_ problem: DecodingError) -> VotesFileError {
    switch problem {
    case .keyNotFound(let key, let context):
      return error(Self.name(context.codingPath + [key]), "is missing; \(VotesFileError.saveAgain)")
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      let field = Self.name(context.codingPath)
      return error(
        field.isEmpty ? nil : field, "is of another kind than it should be; \(VotesFileError.saveAgain)")
    case .dataCorrupted(let context):
      let field = Self.name(context.codingPath)
      return field.isEmpty
        ? error(nil, "is no JSON, or only a part of it; \(VotesFileError.saveAgain)")
        : error(field, "cannot be read; \(VotesFileError.saveAgain)")
    @unknown default:
      return error(nil, "cannot be read; \(VotesFileError.saveAgain)")
    }
  }

  /// As in `votes[3].merged.variant`.
  private static func name(_ path: [any CodingKey]) -> String {
    path.reduce("") { name, key in
      key.intValue.map { "\(name)[\($0)]" } ?? (name.isEmpty ? key.stringValue : "\(name).\(key.stringValue)")
    }
  }

  func each<Raw, Value>(
    _ values: [Raw], _ list: String, _ check: (Raw, String) throws(VotesFileError) -> Value
  ) throws(VotesFileError) -> [Value] {
    var checked: [Value] = []
    checked.reserveCapacity(values.count)
    for (index, value) in values.enumerated() { checked.append(try check(value, "\(list)[\(index)]")) }
    return checked
  }

  /// 16 hexadecimal digits, as the page draws them.
  static func isDrawn(_ text: String) -> Bool {
    text.utf8.count == 16 && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }

  // MARK: - Entries

  func vote(_ raw: Body.Vote, at place: String) throws(VotesFileError) -> VotesFile.Vote {
    guard Self.isDrawn(raw.round) else {
      throw wrong("\(place).round", raw.round, "16 hexadecimal digits")
    }
    guard let side = VoteRecord.Side(rawValue: raw.baselineSide) else {
      throw wrong("\(place).baselineSide", raw.baselineSide, "left or right")
    }
    let answer: VoteRecord.Answer
    switch raw.answer {
    case "same": answer = .same
    case "skip": answer = .skip
    case "left", "right": answer = raw.answer == side.rawValue ? .baseline : .merged
    default: throw wrong("\(place).answer", raw.answer, "left, right, same or skip")
    }
    guard let milliseconds = Int(exactly: raw.milliseconds), (0...VoteRecord.longest).contains(milliseconds)
    else {
      throw wrong(
        "\(place).milliseconds", "\(raw.milliseconds)", "a whole number from 0 to \(VoteRecord.longest)")
    }
    let (baseline, merged) = (raw.baseline.picture, raw.merged.picture)
    guard raw.isCatchTrial || baseline.variant != merged.variant else {
      throw error(
        "\(place).merged", "is the baseline itself, but isCatchTrial is false; \(VotesFileError.saveAgain)")
    }
    if raw.isCatchTrial, let one = baseline.pixelHash, let other = merged.pixelHash, one != other {
      throw error(
        "\(place).isCatchTrial", "is true, but the pictures differ; \(VotesFileError.saveAgain)")
    }
    return VotesFile.Vote(
      run: raw.run, round: raw.round, row: raw.row, seed: try seed(raw.seed, at: place), prompt: raw.prompt,
      baseline: baseline, merged: merged, baselineSide: side, answer: answer, milliseconds: milliseconds,
      isCatchTrial: raw.isCatchTrial, time: try time(raw.time, at: place))
  }

  func mark(_ raw: Body.Mark, at place: String) throws(VotesFileError) -> VotesFile.Mark {
    VotesFile.Mark(
      run: raw.run, row: raw.row, seed: try seed(raw.seed, at: place), prompt: raw.prompt,
      pixelHash: raw.pixelHash, ratio: raw.ratio, time: try time(raw.time, at: place))
  }

  private func seed(_ text: String, at place: String) throws(VotesFileError) -> Seed {
    guard let seed = Seed(text) else {
      throw wrong("\(place).seed", text, "a whole number from 0 to \(UInt64.max)")
    }
    return seed
  }

  private func time(_ text: String, at place: String) throws(VotesFileError) -> VoteTime {
    guard let time = VoteTime(rawValue: text) else {
      throw wrong("\(place).time", text, "a time in UTC as in 2026-03-01T09:12:44.120Z")
    }
    return time
  }

  private func wrong(_ field: String, _ text: String, _ expected: String) -> VotesFileError {
    let shown = text.count > 40 ? text.prefix(39) + "…" : text[...]
    return error(field, "is '\(shown)', expected \(expected); \(VotesFileError.saveAgain)")
  }
}

extension VotesFileCheck.Body.Picture {
  fileprivate var picture: VotesFile.Picture { .init(variant: variant, pixelHash: pixelHash) }
}
