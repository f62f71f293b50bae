import CLIPModels
import Checkpoints
import Foundation
import ReferenceFixtures
import Tensors
import Testing

/// Files with words for prompts, in the forms that people have them.
@Suite(.everyProductBackend) struct TextualInversionTests {
  private let folder: TemporaryFolder
  private var file: URL { folder.url.appendingPathComponent("my-style.safetensors") }

  init() throws { folder = try TemporaryFolder() }

  private func word(_ tensors: [String: Tensor]) throws -> TextualInversion {
    try SafetensorsWriter.write(tensors, to: file)
    return try TextualInversion(file)
  }

  private func message(_ tensors: [String: Tensor]) throws -> String {
    try SafetensorsWriter.write(tensors, to: file)
    return try #require(throws: CheckpointError.self) { try TextualInversion(file) }.description
  }

  private func values(_ shape: [Int]) -> Tensor { SyntheticTensor(shape: shape).tensor(named: "x") }

  @Test func `the word is the tensor's name, or the file's`() throws {
    let one = try word(["<cat-toy>": values([8])])
    #expect(one.token == "<cat-toy>" && one.vectors.map(\.shape) == [[1, 8]] && one.count == 1)
    #expect(one.fingerprint.count == 64)
    let many = try word(["emb_params": values([3, 8])])
    #expect(many.token == "my-style" && many.vectors.map(\.shape) == [[3, 8]] && many.count == 3)
    let pair = try word(["clip_l": values([2, 8]), "clip_g": values([2, 12])])
    #expect(pair.token == "my-style" && pair.vectors.map(\.shape) == [[2, 8], [2, 12]])
  }

  @Test func `other files are called by what they are`() throws {
    #expect(try message(["clip_l": values([8])]).contains("'clip_g': is missing; a word of SDXL"))
    #expect(try message(["clip_g": values([8]), "x": values([8])]).contains("'x' is not known"))
    #expect(
      try message(["clip_l": values([1, 8]), "clip_g": values([2, 8])]).contains("another number of vectors"))
    #expect(
      try message(["a": values([8]), "b": values([8])]).contains("no textual inversion, it has 2 tensors"))
    #expect(try message(["lora_unet_x.lora_up.weight": values([8]), "b": values([8])]).contains("a LoRA"))
    #expect(try message(["a": values([2, 2, 2])]).contains("has shape [2, 2, 2]"))
    #expect(try message(["a": values([0, 8])]).contains("has shape [0, 8]"))
    #expect(try message(["a": Tensor([.nan], shape: [1, 1])]).contains("finite"))
    #expect(try message([:]).contains("it has 0 tensors"))
    try Data("PK\u{3}\u{4}0000000000".utf8).write(to: file)
    let pickle = #expect(throws: CheckpointError.self) { try TextualInversion(file) }
    #expect(pickle?.description.contains("a pickle") == true)
    let gone = #expect(throws: CheckpointError.self) {
      try TextualInversion(URL(fileURLWithPath: "/nowhere"))
    }
    #expect(gone?.description.contains("no such file") == true)
  }

  @Test func `a word stands for its vectors wherever it is written, and may be written in part`() throws {
    let plain = try CLIPTokenizer(ModelDirectory(TokenizerFolder.demo))
    let word = try word(["<toy>": values([3, 8])])
    let tokenizer = try CLIPTokenizer(ModelDirectory(TokenizerFolder.demo), words: [word])
    let first = plain.vocabularySize
    let own = [first, first + 1, first + 2]
    let (a, cube) = (plain.tokens(in: "a"), plain.tokens(in: "cube"))
    #expect(tokenizer.tokens(in: "a <toy> cube") == a + own + cube)
    #expect(tokenizer.tokens(in: "a <TOY>cube") == a + own + cube)
    #expect(tokenizer.tokens(in: "<toy>_2 <toy>_1") == [first + 2, first + 1])
    #expect(tokenizer.tokenGroups(in: "a <toy>") == [a, own])
    #expect(tokenizer.tokens(in: "a toy") == plain.tokens(in: "a toy"))
  }
}
