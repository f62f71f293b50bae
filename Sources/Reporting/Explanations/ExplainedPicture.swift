import Foundation
import ResultStore
import TokenMerging

/// What was seen of one picture's making, as the viewer reads it: in an element of its own, so that a page with many
/// of them reads those alone that are looked at.
struct ExplainedPicture: Sendable {
  /// Where the picture is on the sheet, see ``Sheet/Row/promptRow``, ``Sheet/Row/seed`` and ``Sheet/Cell/ratio``.
  let explainedRow: String
  let explainedSeed: String
  let explainedVariant: String
  /// ``Contents`` as JSON that ends no element: the text between its tags is not escaped.
  let explanationText: String

  init(_ explanation: Explanation, row: String, seed: String, variant: String) {
    explainedRow = row
    explainedSeed = seed
    explainedVariant = variant
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let json = (try? encoder.encode(Contents(explanation))).map { String(decoding: $0, as: UTF8.self) }
    // Outside of texts JSON has no such character.
    explanationText = (json ?? "{}").replacing("<", with: "\\u003c")
  }

  /// About what it weighs on the page: data are in base64.
  static func size(_ explanation: Explanation) -> Int {
    explanation.byteCount * 4 / 3 + 120 * (explanation.maps.count + explanation.previews.count)
  }

  private struct Contents: Encodable {
    struct Moment: Encodable {
      let pass, step, steps: Int

      init(_ moment: Explanation.Moment) {
        (pass, step, steps) = (moment.pass, moment.step, moment.steps)
      }
    }

    struct Map: Encodable {
      let moment: Moment
      let block: String
      let width, height: Int
      /// See ``ResultStore/PackedMap``.
      let destinations, similarities: Data

      init(_ map: Explanation.BlockMap) {
        moment = Moment(map.moment)
        (block, width, height) = (map.map.block, map.map.width, map.map.height)
        let packed = PackedMap(map.map)
        (destinations, similarities) = (packed.destinations, packed.similarities)
      }
    }

    struct Preview: Encodable {
      let moment: Moment
      let png: Data
    }

    let maps: [Map]
    let previews: [Preview]

    init(_ explanation: Explanation) {
      maps = explanation.maps.map(Map.init)
      previews = explanation.previews.map { Preview(moment: Moment($0.moment), png: $0.png) }
    }
  }
}
