import Checkpoints
import Foundation
import ReferenceFixtures
import Tensors
import Testing

/// The element types of safetensors, against files of the reference's own writer.
@Suite struct ElementTypeTests {
  @Test func `synthetic tensors have the reference's bits`() throws {
    let fixture = try Fixture("Checkpoints", "types")
    #expect(try fixture.input("input.values").values == fixture.expected("f32").values)
  }

  @Test(arguments: SafetensorsWriter.ElementType.allCases)
  func `a file of every floating-point type reads as the reference's`(
    type: SafetensorsWriter.ElementType
  ) throws {
    let fixture = try Fixture("Checkpoints", "types")
    let folder = try TemporaryFolder()
    let url = folder.url.appendingPathComponent("model.safetensors")
    try SafetensorsWriter.write([("values", fixture.input("input.values"))], type: type, to: url)
    let file = try SafetensorsFile(url)
    #expect(file.entries["values"]?.type == type.rawValue)
    let reference = try fixture.expected(type.rawValue.lowercased())
    #expect(try file.tensor("values").shape == reference.shape)
    #expect(try file.tensor("values").values == reference.values)
  }

  @Test func `integers keep their sign`() throws {
    #expect(try Fixture("Checkpoints", "types").integers("i64") == Array(-3..<7))
  }
}
