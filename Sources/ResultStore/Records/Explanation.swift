public import Foundation
public import TokenMerging

/// What was seen inside of a picture's making, when it was made again for that.
public struct Explanation: Sendable, Hashable {
  /// When something was seen.
  public struct Moment: Sendable, Hashable, Comparable {
    /// 1, or 2 for a second pass.
    public let pass: Int
    /// An evaluation of the model, from 1, and how many the pass has.
    public let step: Int
    public let steps: Int

    public init(pass: Int, step: Int, steps: Int) {
      self.pass = pass
      self.step = step
      self.steps = steps
    }

    public static func < (first: Moment, second: Moment) -> Bool {
      (first.pass, first.step) < (second.pass, second.step)
    }
  }

  /// Where the tokens of one block went, of a guidance pair those of the prompt's half.
  public struct BlockMap: Sendable, Hashable {
    public let moment: Moment
    public let map: MergeMap

    public init(_ moment: Moment, _ map: MergeMap) {
      self.moment = moment
      self.map = map
    }
  }

  /// The picture as the model predicted it, decoded and made small.
  public struct Preview: Sendable, Hashable {
    public let moment: Moment
    public let png: Data

    public init(_ moment: Moment, png: Data) {
      self.moment = moment
      self.png = png
    }
  }

  /// By their moments, those of a moment in the blocks' order.
  public var maps: [BlockMap]
  /// By their moments.
  public var previews: [Preview]

  public init(maps: [BlockMap] = [], previews: [Preview] = []) {
    self.maps = maps
    self.previews = previews
  }

  public var isEmpty: Bool { maps.isEmpty && previews.isEmpty }

  /// Of the pairs that were merged; nil where none were, or they were not compared.
  public var meanSimilarity: Double? {
    var (sum, count) = (0.0, 0)
    for map in maps.map(\.map) {
      for (token, destination) in map.destinations.enumerated() where destination != token {
        guard destination != nil else { continue }
        sum += Double(map.similarities[token])
        count += 1
      }
    }
    return count > 0 ? sum / Double(count) : nil
  }

  /// About what it weighs in a store.
  public var byteCount: Int {
    maps.reduce(0) { sum, each in
      let packed = PackedMap(each.map)
      return sum + packed.destinations.count + packed.similarities.count
    } + previews.reduce(0) { $0 + $1.png.count }
  }
}

extension Explanation {
  /// An order of all explanations of a picture, so that of several the same one is chosen whatever comes first: by
  /// their numbers of maps and previews, then by their moments.
  public func isRicher(than other: Explanation) -> Bool {
    if maps.count != other.maps.count { return maps.count > other.maps.count }
    if previews.count != other.previews.count { return previews.count > other.previews.count }
    let (own, others) = (
      maps.map(\.moment) + previews.map(\.moment), other.maps.map(\.moment) + other.previews.map(\.moment)
    )
    return own.lexicographicallyPrecedes(others)
  }
}
