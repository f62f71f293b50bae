import Checkpoints
import Foundation
import ReferenceFixtures
import Tensors
import Testing

/// Lookups by path, name and shape, complete in both directions.
@Suite struct WeightsTests {
  private let folder: TemporaryFolder
  private let weights: Weights
  private let path: String

  init() throws {
    folder = try TemporaryFolder()
    let url = folder.url.appendingPathComponent("model.safetensors")
    try SafetensorsWriter.write(
      [
        ("block.0.weight", Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3])),
        ("block.0.bias", Tensor([7, 8], shape: [2])), ("extra.position_ids", Tensor([0], shape: [1])),
      ], type: .f32, to: url)
    weights = Weights(try SafetensorsFile(url))
    path = url.path
  }

  @Test func `the cursor follows the checkpoint's own names`() throws {
    #expect(weights.block[0].path == "block.0")
    #expect(try weights.block[0].tensor("weight", [2, 3]).values == [1, 2, 3, 4, 5, 6])
    #expect(weights.block[0].has("bias") && !weights.block[1].has("bias"))
    #expect(weights.block[0].shape("bias") == [2])
  }

  @Test(arguments: SafetensorsWriter.ElementType.allCases, WeightsResidency.allCases)
  func `large weights have the same numbers however they are kept`(
    type: SafetensorsWriter.ElementType, resident: WeightsResidency
  ) throws {
    let url = folder.url.appendingPathComponent("\(type).safetensors")
    try SafetensorsWriter.write([("weight", Tensor([1.5, -2, 0.25], shape: [3]))], type: type, to: url)
    let weights = Weights(try SafetensorsFile(url), resident: resident)
    #expect(try weights.stored("weight", [3]).widened().values == [1.5, -2, 0.25])
    #expect(throws: CheckpointError.self) { try weights.stored("weight", [1, 3]) }
    #expect(throws: CheckpointError.self) { try weights.stored("bias", [3]) }
    try weights.requireAllUsed()
  }

  @Test func `a missing tensor names its key and the shape it should have`() throws {
    #expect(throws: CheckpointError.missingTensor(path: path, key: "block.1.weight", expected: [2, 3])) {
      try weights.block[1].tensor("weight", [2, 3])
    }
  }

  @Test func `a wrong shape names both shapes`() throws {
    let error = try #require(throws: CheckpointError.self) { try weights.block[0].tensor("weight", [3, 2]) }
    #expect(
      error == .wrongShape(path: path, key: "block.0.weight", expected: [3, 2], found: [2, 3]))
    #expect("\(error)".contains("[2, 3], expected [3, 2]"))
  }

  @Test func `tensors nobody asked for are named, unless they are known`() throws {
    _ = try weights.block[0].tensor("weight", [2, 3])
    #expect(
      throws: CheckpointError.unusedTensors(path: path, keys: ["block.0.bias", "extra.position_ids"])
    ) { try weights.requireAllUsed() }
    _ = try weights.block[0].tensor("bias", [2])
    try weights.requireAllUsed(ignoring: ["extra."])
  }

  @Test func `a folder with pickled weights only says how to convert them`() throws {
    let pickled = try TemporaryFolder()
    try Data([0]).write(to: pickled.url.appendingPathComponent("diffusion_pytorch_model.bin"))
    let error = try #require(throws: CheckpointError.self) { try ModelDirectory(pickled.url).weights() }
    #expect("\(error)".contains("weights_only=True"))
  }

  /// What lies below a prefix of another source, under names without it.
  private struct Part: TensorSource {
    let whole: any TensorSource
    let prefix: String

    var path: String { whole.path }
    var keys: [String] {
      whole.keys.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
    }
    var mappedBytes: Int { whole.mappedBytes }
    func shape(of key: String) -> Shape? { whole.shape(of: prefix + key) }
    func stored(_ key: String, _ shape: Shape) throws(CheckpointError) -> StoredTensor {
      try whole.stored(prefix + key, shape)
    }
  }

  @Test func `components of one file each account for their own tensors`() throws {
    let file = try SafetensorsFile(URL(fileURLWithPath: path))
    let (block, extra) = (
      Weights(Part(whole: file, prefix: "block.")), Weights(Part(whole: file, prefix: "extra."))
    )
    #expect(try block[0].tensor("bias", [2]).values == [7, 8])
    _ = try extra.tensor("position_ids", [1])
    try extra.requireAllUsed()
    #expect(throws: CheckpointError.unusedTensors(path: path, keys: ["0.weight"])) {
      try block.requireAllUsed()
    }
    #expect(file.weightCount == 9 && file.mappedBytes > 9 * 4)
  }
}
