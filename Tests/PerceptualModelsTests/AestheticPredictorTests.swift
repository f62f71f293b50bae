import Checkpoints
import Foundation
import PerceptualModels
import ReferenceFixtures
import Tensors
import Testing

/// Against torch. Fixtures: `Tests/Reference/aesthetic.py`.
@Suite(.everyProductBackend) struct AestheticPredictorTests {
  private func predictor(_ name: String) throws -> (AestheticPredictor, Fixture, TemporaryFolder) {
    let fixture = try Fixture("Aesthetic", name)
    let folder = try TemporaryFolder()
    try fixture.writeModel("head", to: folder.url, weightsName: "head.safetensors")
    return (try AestheticPredictor(ModelDirectory(folder.url), name: "head.safetensors"), fixture, folder)
  }

  @Test(arguments: ["linear", "mlp"]) func `ratings are those of torch`(name: String) throws {
    let (predictor, fixture, folder) = try predictor(name)
    let embeddings = try fixture.expected("embeddings")
    let ratings = try fixture.expected("ratings").values
    for (row, rating) in ratings.enumerated() {
      let embedding = Array(embeddings.values[row * 48..<(row + 1) * 48])
      #expect(abs(predictor.score(embedding) - Double(rating)) <= 1e-5 * max(1, abs(Double(rating))))
    }
    withExtendedLifetime(folder) {}
  }

  @Test func `a head for other embeddings, or what is none, is refused by name`() throws {
    let (linear, _, folder) = try predictor("linear")
    let error = #expect(throws: CheckpointError.self) {
      try linear.requireFits(embeddingSize: 64, of: "vit-base")
    }
    #expect(error?.description.contains("embeddings of 48 values, those of vit-base have 64") == true)
    func message(_ tensors: [(name: String, tensor: Tensor)]) throws -> String {
      let url = folder.url.appendingPathComponent("other.safetensors")
      try SafetensorsWriter.write(tensors, type: .f32, to: url)
      let error = #expect(throws: CheckpointError.self) {
        try AestheticPredictor(ModelDirectory(folder.url), name: "other.safetensors")
      }
      return error?.description ?? ""
    }
    #expect(try message([("other", Tensor(zeros: [1, 4]))]).contains("no aesthetic predictor"))
    #expect(
      try message([("weight", Tensor(zeros: [2, 4])), ("bias", Tensor(zeros: [2]))]).contains("[1, 4]"))
    #expect(try message([("weight", Tensor(zeros: [1, 4]))]).contains("bias"))
    let wild = [("weight", Tensor([.nan, 1], shape: [1, 2])), ("bias", Tensor(zeros: [1]))]
    #expect(try message(wild.map { (name: $0.0, tensor: $0.1) }).contains("not finite"))
    try Data([0x80, 2, 0x7d]).write(to: folder.url.appendingPathComponent("pickle.safetensors"))
    #expect(throws: CheckpointError.self) {
      try AestheticPredictor(ModelDirectory(folder.url), name: "pickle.safetensors")
    }
  }
}
