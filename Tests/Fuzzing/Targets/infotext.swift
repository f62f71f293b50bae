import Foundation
import Pictures
import TokenMerging

extension FuzzTarget {
  /// The text `parameters` of a picture, and what its chunk of JSON says: read, and read again as it is written.
  static let infotext = FuzzTarget("infotext") { bytes in
    let text = String(decoding: bytes, as: UTF8.self)
    let parsed = Infotext(parsing: text)
    _ = (parsed.steps, parsed.guidanceScale, parsed.seed, parsed.scheduler, parsed.size, parsed.precision)
    _ = parsed.merging.map { try? $0.validate() }
    // A name over two lines is none that anybody writes, and would begin another part.
    if parsed["Steps"] != nil, !parsed.fields.contains(where: { $0.name.unicodeScalars.contains("\n") }) {
      let again = Infotext(parsing: parsed.text)
      try Finding.unless(again == parsed, "\(parsed) is \(again) when written")
    }
    guard let metadata = try? PictureMetadata(textChunks: [("parameters", text), ("tome-eval", text)]) else {
      return
    }
    let again = try? PictureMetadata(textChunks: metadata.textChunks)
    try Finding.unless(again == metadata, "\(metadata) is \(again.map { "\($0)" } ?? "nothing") when written")
    _ = metadata.request.key
  }
}
