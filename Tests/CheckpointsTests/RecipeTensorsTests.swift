import Checkpoints
import Foundation
import ReferenceFixtures
import Tensors
import Testing

/// Tensors made of another source's, whichever numbers that has.
@Suite struct RecipeTensorsTests {
  @Test(arguments: SafetensorsWriter.ElementType.allCases)
  func `rows, other shapes and axes turned round`(type: SafetensorsWriter.ElementType) throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appendingPathComponent("model.safetensors")
    let values = (0..<12).map(Float.init)
    try SafetensorsWriter.write(
      ["fused": Tensor(values, shape: [6, 2]), "convolution": Tensor(values, shape: [3, 4, 1, 1])],
      type: type, to: url)
    let file = try SafetensorsFile(url)
    let tensors = RecipeTensors(
      file,
      [
        "query": TensorRecipe("fused", [6, 2], rows: 0..<2),
        "value": TensorRecipe("fused", [6, 2], rows: 4..<6),
        "turned": TensorRecipe("fused", [6, 2], isTransposed: true),
        "matrix": TensorRecipe("convolution", [3, 4, 1, 1], shape: [3, 4]),
      ])
    func numbers(_ key: String, _ shape: Shape) throws -> [Float] {
      try tensors.stored(key, shape).widened().values
    }
    #expect(try numbers("query", [2, 2]) == [0, 1, 2, 3])
    #expect(try numbers("value", [2, 2]) == [8, 9, 10, 11])
    #expect(try numbers("turned", [2, 6]) == [0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11])
    #expect(try numbers("matrix", [3, 4]) == (0..<12).map(Float.init))
    #expect(
      tensors.shape(of: "turned") == [2, 6] && Set(tensors.keys) == ["query", "value", "turned", "matrix"])
    // Messages have the file's own names.
    #expect(tensors.name(of: "query") == "fused" && tensors.name(of: "none") == "none")
    #expect(
      throws: CheckpointError.wrongShape(path: url.path, key: "fused", expected: [3, 2], found: [2, 2])
    ) {
      try tensors.stored("query", [3, 2])
    }
    #expect(throws: CheckpointError.missingTensor(path: url.path, key: "none", expected: [1])) {
      try tensors.stored("none", [1])
    }
  }
}
