import CLIPModels
import Checkpoints
import Foundation
import ReferenceFixtures
import Tensors
import Testing

@Suite struct `Preprocessing equals Pillow-backed transformers'` {
  private struct Settings: Decodable {
    let preprocessors: [String]
    let pictures: [[Int]]
  }

  private func processor(_ json: String, file: String = "preprocessor_config.json") throws
    -> CLIPImageProcessor
  {
    let folder = try TemporaryFolder()
    try Data(json.utf8).write(to: folder.url.appendingPathComponent(file))
    return try CLIPImageProcessor(ModelDirectory(folder.url))
  }

  @Test func `sizes, crops, padding and flags`() throws {
    let fixture = try Fixture("CLIP", "preprocessing")
    let settings = try fixture.settings(Settings.self)
    for (p, json) in settings.preprocessors.enumerated() {
      let processor = try processor(json)
      for (i, size) in settings.pictures.enumerated() {
        let ours = processor(picture("picture.\(i)", width: size[0], height: size[1]))
        let reference = try fixture.expected("\(p).\(i)")
        guard ours.shape == reference.shape else {
          Issue.record("\(json): \(ours.shape), the reference's is \(reference.shape)")
          continue
        }
        #expect(ours.values == reference.values, "\(json) of \(size)")
      }
    }
  }

  @Test func `processor_config.json serves as well`() throws {
    let plain = try processor(#"{"size": 30, "crop_size": 20, "resample": 2}"#)
    let nested = try processor(
      #"{"image_processor": {"size": 30, "crop_size": 20, "resample": 2}}"#, file: "processor_config.json")
    let image = picture("picture.0", width: 40, height: 50)
    #expect(nested(image).values == plain(image).values)
  }

  @Test(arguments: [
    (#"{"resample": 0}"#, "resample"), (#"{"size": {"height": 3}}"#, "size.width"),
    (#"{"size": {"shortest_edge": 3, "longest_edge": 9}}"#, "size.longest_edge"), (#"{"size": 0}"#, "size"),
    (#"{"image_mean": [1, 2]}"#, "image_mean"), (#"{"image_std": [1, 0, 2]}"#, "image_std"),
    (#"{"do_resize": "yes"}"#, "do_resize"),
  ])
  func `a setting that cannot be followed is named`(_ json: String, _ field: String) throws {
    do {
      _ = try processor(json)
      Issue.record("accepted")
    } catch let error as CheckpointError {
      guard case .badConfiguration(_, let found, _) = error else { throw error }
      #expect(found == field)
    }
  }

  @Test func `a folder without settings is told so`() throws {
    let folder = try TemporaryFolder()
    #expect(throws: CheckpointError.self) { try CLIPImageProcessor(ModelDirectory(folder.url)) }
  }
}
