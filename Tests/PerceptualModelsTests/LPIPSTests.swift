import Checkpoints
import Foundation
import Images
import PerceptualModels
import ReferenceFixtures
import Tensors
import Testing

/// Distances against the `lpips` package's, and what is said of weights that are not its.
@Suite(.everyProductBackend) struct LPIPSTests {
  private struct Settings: Decodable {
    struct Case: Decodable {
      let name: String
      let distance: Double
      let layers: [Double]
    }
    let cases: [Case]
  }

  private let fixture: Fixture
  private let folder: TemporaryFolder

  init() throws {
    fixture = try Fixture("PerceptualModels", "lpips-alex")
    folder = try TemporaryFolder()
    try fixture.writeModel("alexnet", to: folder.url, weightsName: "alexnet.safetensors")
    try fixture.writeModel("lin", to: folder.url, weightsName: "lin.safetensors")
  }

  private func model() throws -> LPIPS { try LPIPS(ModelDirectory(folder.url)) }

  private func file(_ name: String) -> URL { folder.url.appendingPathComponent(name) }

  /// A picture of the Metrics fixtures, or synthetic noise of the size that `name` says.
  private func picture(_ name: String, _ side: String) throws -> RGBImage {
    guard let noise = try? fixture.input("input.picture.\(name).\(side)") else {
      return try PNGCodec.decode(Fixture.root.appendingPathComponent("Metrics/\(name)-\(side).png")).image
    }
    return RGBImage(width: noise.shape[1], height: noise.shape[0], pixels: noise.values.map { UInt8($0) })
  }

  @Test func `the distance equals the package's, layer by layer`() throws {
    let lpips = try model()
    let cases = try fixture.settings(Settings.self).cases
    #expect(cases.count == 5)
    for item in cases {
      let (a, b) = (try picture(item.name, "a"), try picture(item.name, "b"))
      let distance = try #require(try lpips.distance(a, b))
      #expect(abs(distance - item.distance) <= 1e-5 * item.distance, "\(item.name): \(distance)")
      for (ours, reference) in zip(try #require(lpips.layerDistances(a, b)), item.layers) {
        #expect(abs(ours - reference) <= 1e-5 * reference, "\(item.name): \(ours), not \(reference)")
      }
      #expect(try lpips.distance(a, a) == 0)
      #expect(try lpips.distance(b, a) == distance)
    }
  }

  @Test func `pictures too small for AlexNet have no distance`() throws {
    let small = RGBImage(width: 30, height: 64, pixels: [UInt8](repeating: 7, count: 30 * 64 * 3))
    #expect(try model().distance(small, small) == nil)
    #expect(LPIPS.minimumSide == 31)
  }

  @Test func `the heads may have the package's file name`() throws {
    try FileManager.default.moveItem(at: file("lin.safetensors"), to: file("lpips_alex.safetensors"))
    #expect(throws: Never.self) { try model() }
  }

  @Test func `what is missing or has another shape is named with file, key and shapes`() throws {
    try FileManager.default.moveItem(at: file("lin.safetensors"), to: file("x.safetensors"))
    expectError(["lin.safetensors", "lpips_alex.safetensors"])
    let one = Tensor(zeros: [1])
    try SafetensorsWriter.write([("lin0.model.1.weight", one)], to: file("lin.safetensors"))
    expectError(["lin.safetensors", "lin0.model.1.weight", "[1]", "[1, 64, 1, 1]"])
    try SafetensorsWriter.write([("features.0.weight", one)], to: file("alexnet.safetensors"))
    expectError(["alexnet.safetensors", "features.0.weight", "[1]", "[64, 3, 11, 11]"])
    try FileManager.default.removeItem(at: file("alexnet.safetensors"))
    expectError(["alexnet.safetensors", "torchvision"])
  }

  private func expectError(_ words: [String], sourceLocation: SourceLocation = #_sourceLocation) {
    let error = #expect(throws: CheckpointError.self, sourceLocation: sourceLocation) { try model() }
    let message = error.map(String.init(describing:)) ?? ""
    for word in words { #expect(message.contains(word), "\(message)", sourceLocation: sourceLocation) }
  }

  @Test(arguments: [("alexnet", "features.6.weight"), ("lin", "lin2.model.1.weight")])
  func `weights that are no numbers are named`(file: String, key: String) throws {
    let url = self.file("\(file).safetensors")
    let weights = try SafetensorsFile(url)
    let tensors = try weights.keys.sorted().map { name in
      let tensor = try weights.tensor(name)
      return (name: name, tensor: name == key ? tensor * Float.nan : tensor)
    }
    try SafetensorsWriter.write(tensors, to: self.file("new.safetensors"))
    try FileManager.default.removeItem(at: url)
    try FileManager.default.moveItem(at: self.file("new.safetensors"), to: url)
    expectError(["\(file).safetensors: '\(key)': holds values that are not finite numbers"])
  }

  @Test func `the fingerprint is of the weights that were loaded`() throws {
    let first = try model().fingerprint
    try Data("{}".utf8).write(to: file("note.json"))
    try Data("x".utf8).write(to: file("lpips_alex.safetensors"))
    #expect(try model().fingerprint == first)
  }
}
