import CheckpointForms
import Checkpoints
import Foundation
import Images
import ReferenceFixtures
import StableDiffusion
import Tensors
import Testing

/// A miniature on disk as a folder, as a single file, or as both.
struct Miniature {
  let fixture: SingleFileFixture
  let place: TemporaryFolder
  var folder: URL { place.url.appendingPathComponent("folder") }
  var file: URL { place.url.appendingPathComponent("single.safetensors") }

  /// Nothing is written so far.
  init(_ version: SingleFileFixture.Version) throws {
    fixture = try SingleFileFixture(version)
    place = try TemporaryFolder()
  }

  func writeFolder(type: SafetensorsWriter.ElementType = .f32) throws {
    try fixture.writeFolder(to: folder, type: type)
  }

  /// With a tokenizer beside it that fills up with a token that no model does.
  func writeFile(
    type: SafetensorsWriter.ElementType = .f32, metadata: [String: String] = [:],
    _ change: (inout [String: Tensor]) -> Void = { _ in }
  ) throws {
    var tensors = try fixture.tensors()
    change(&tensors)
    try SafetensorsWriter.write(tensors, type: type, to: file, metadata: metadata)
    let tokenizer = place.url.appendingPathComponent("tokenizer")
    guard !FileManager.default.fileExists(atPath: tokenizer.path) else { return }
    try SingleFileFixture.writeTokenizer(to: tokenizer, padding: "\"")
  }

  /// Opens a checkpoint without looking at anybody's own cache.
  func open(
    _ location: CheckpointLocation, environment: [String: String] = [:]
  ) throws(CheckpointError) -> OpenCheckpoint {
    let empty = ["HF_HUB_CACHE": place.url.appendingPathComponent("none").path]
    return try location.open(environment: empty.merging(environment) { _, own in own })
  }

  func openFile(_ change: (inout CheckpointLocation) -> Void = { _ in }) throws(CheckpointError)
    -> OpenCheckpoint
  {
    var location = CheckpointLocation(path: file.path)
    change(&location)
    return try open(location)
  }

  /// What opening says.
  func error(_ location: CheckpointLocation, environment: [String: String] = [:]) throws -> String {
    try #require(throws: CheckpointError.self) { try open(location, environment: environment) }.description
  }
}

/// The same picture of any model: two steps of a guidance pair.
func picture(_ files: any ModelFiles) throws -> RGBImage {
  let pipeline = try DiffusionPipeline(files)
  let options = SamplingOptions(steps: 2, guidanceScale: 3, width: 32, height: 48)
  let conditioning = try pipeline.conditioning(for: "a red cube! on a blue one", guidanceScale: 3)
  var latents: Tensor?
  for step in try pipeline.denoise(conditioning, seed: 5, options: options, merging: nil) {
    latents = step.latents
  }
  return try pipeline.decode(try #require(latents))
}

/// All weights of a part, by key.
func weights(_ files: any ModelFiles, _ part: String) throws -> [String: Tensor] {
  let tensors = try files.component(part).tensors()
  return try Dictionary(
    uniqueKeysWithValues: tensors.keys.map { key in
      (key, try tensors.stored(key, try #require(tensors.shape(of: key))).widened())
    })
}

/// Expects the same tensors, bit by bit.
func expectEqual(_ found: [String: Tensor], _ expected: [String: Tensor], _ comment: Comment) {
  #expect(Set(found.keys) == Set(expected.keys), comment)
  for (key, tensor) in expected {
    guard let other = found[key] else { continue }
    #expect(other.shape == tensor.shape && other.values == tensor.values, "\(comment): \(key)")
  }
}
