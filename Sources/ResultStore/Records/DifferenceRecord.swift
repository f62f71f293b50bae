import Foundation
public import GRDB
package import Metrics

/// Where and how a picture differs from its baseline, measured where its pixels are scored.
public struct DifferenceRecord: Codable, Sendable, Hashable, FetchableRecord, PersistableRecord {
  public static let databaseTableName = "difference"

  public var sampleID: Int64
  /// ``PictureRecord/fileHash`` of the picture.
  public var picture: String
  /// That of its baseline.
  public var reference: String
  /// ``Metrics/DifferenceMap/bytes``
  private var cells: Data
  private var onEdges: Double?
  private var onFlat: Double
  private var low: Double
  private var mid: Double
  private var high: Double
  private var highOnEdges: Double?
  private var specks: Double
  private var meanShift: Double
  private var spreadShift: Double

  package init(sampleID: Int64, picture: String, reference: String, difference: PictureDifference) {
    self.sampleID = sampleID
    self.picture = picture
    self.reference = reference
    cells = Data(difference.map.bytes)
    let traits = difference.traits
    (onEdges, onFlat) = (traits.onEdges, traits.onFlat)
    (low, mid, high, highOnEdges) = (traits.low, traits.mid, traits.high, traits.highOnEdges)
    (specks, meanShift, spreadShift) = (traits.specks, traits.meanShift, traits.spreadShift)
  }

  package var map: DifferenceMap {
    guard let map = DifferenceMap(bytes: [UInt8](cells)) else {
      preconditionFailure("a map's size is checked where its row is read")
    }
    return map
  }

  package var traits: DifferenceTraits {
    DifferenceTraits(
      onEdges: onEdges, onFlat: onFlat, low: low, mid: mid, high: high, highOnEdges: highOnEdges,
      specks: specks, meanShift: meanShift, spreadShift: spreadShift)
  }
}
