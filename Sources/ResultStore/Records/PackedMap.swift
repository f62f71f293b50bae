public import Foundation
public import TokenMerging

/// A merge map in few bytes, little-endian, as a store and a page keep it: for a grid of 64×64 tokens 16 KiB.
public struct PackedMap: Sendable, Hashable {
  /// For every token the place of its destination: 2 bytes each, or 4 where the grid has 65 535 tokens or more; all ones
  /// for a token that went nowhere.
  public let destinations: Data
  /// For every token a cosine similarity as 2 bytes: 0 is -1, and 65 535 is 1.
  public let similarities: Data

  public init(_ map: MergeMap) {
    let isWide = Self.isWide(map.destinations.count)
    var destinations = Data(capacity: map.destinations.count * (isWide ? 4 : 2))
    for destination in map.destinations {
      if isWide {
        destinations.append(littleEndian: destination.map { UInt32($0) } ?? .max)
      } else {
        destinations.append(littleEndian: destination.map { UInt16($0) } ?? .max)
      }
    }
    var similarities = Data(capacity: map.similarities.count * 2)
    for similarity in map.similarities {
      let share = (Double(max(-1, min(1, similarity))) + 1) / 2
      similarities.append(littleEndian: UInt16((share * 65_535).rounded()))
    }
    self.destinations = destinations
    self.similarities = similarities
  }

  init(destinations: Data, similarities: Data) {
    self.destinations = destinations
    self.similarities = similarities
  }

  private static func isWide(_ tokens: Int) -> Bool { tokens >= 65_535 }

  /// Nil unless every token has a place of the grid that is its own destination, or none.
  func places(tokens: Int) -> [Int?]? {
    let isWide = Self.isWide(tokens)
    guard destinations.count == tokens * (isWide ? 4 : 2) else { return nil }
    let places: [Int?] =
      isWide
      ? destinations.integers(UInt32.self).map { $0 == .max ? nil : Int($0) }
      : destinations.integers(UInt16.self).map { $0 == .max ? nil : Int($0) }
    return places.allSatisfy { place in place.map { $0 < tokens && places[$0] == $0 } ?? true }
      ? places : nil
  }

  /// Nil unless there is one for every token.
  func cosines(tokens: Int) -> [Float]? {
    guard similarities.count == tokens * 2 else { return nil }
    return similarities.integers(UInt16.self).map { Float(Double($0) / 65_535 * 2 - 1) }
  }
}

extension Data {
  fileprivate mutating func append<Number: FixedWidthInteger>(littleEndian number: Number) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }

  fileprivate func integers<Number: FixedWidthInteger>(_ type: Number.Type) -> [Number] {
    let size = MemoryLayout<Number>.size
    return withUnsafeBytes { bytes in
      stride(from: 0, to: bytes.count - bytes.count % size, by: size).map {
        Number(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: Number.self))
      }
    }
  }
}
