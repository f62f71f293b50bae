import CLIPModels
import Checkpoints
import Digests
import Foundation
import ReferenceFixtures
import StableDiffusion
import Tensors
import Testing

/// Against the models of diffusers and transformers. Fixtures: `Tests/Reference/random_checkpoint.py`.
@Suite struct RandomCheckpointTests {
  private struct Part: Decodable, Equatable {
    let tensors: Int
    let weights: Int
    let names: String

    init(_ random: RandomTensors) {
      let made = random.made
      tensors = made.count
      weights = made.values.reduce(0) { $0 + $1.count }
      names = SHA256.hex(of: Array(made.keys.sorted().joined(separator: "\n").utf8))
    }
  }

  /// Makes a part of the checkpoint and says which tensors it asked for.
  private func made(_ checkpoint: RandomCheckpoint, _ part: String) throws -> Part {
    let tensors = RandomTensors(seed: 1)
    let directory = try checkpoint.files(tensors).component(part)
    // Their numbers are of no interest here, and would take gigabytes.
    try Rehearsal.run { () throws(CheckpointError) in
      switch part {
      case "unet": _ = try UNet2DConditionModel(directory)
      case "vae": _ = try AutoencoderKL(directory)
      case "text_encoder_2": _ = try CLIPTextModelWithProjection(directory)
      default: _ = try CLIPTextModel(directory)
      }
    }
    return Part(tensors)
  }

  @Test(.serialized, arguments: RandomCheckpoint.allCases)
  func `every tensor of the published checkpoint is made, and no other`(_ checkpoint: RandomCheckpoint) throws
  {
    let expected = try Fixture("RandomCheckpoint", checkpoint.rawValue).settings([String: Part].self)
    #expect(
      Set(expected.keys)
        == Set(["unet", "vae", "text_encoder"] + (checkpoint == .sdxl ? ["text_encoder_2"] : [])))
    for (part, summary) in expected { #expect(try made(checkpoint, part) == summary, "\(part)") }
    BufferPool.shared.drain()
  }

  @Test func `equal seeds and names give equal numbers, of the size that torch would draw`() {
    let random = RandomTensors(seed: 7)
    let weight = random.tensor("a.weight", [320, 64, 3, 3])
    #expect(weight.values == RandomTensors(seed: 7).tensor("a.weight", [320, 64, 3, 3]).values)
    #expect(weight.values != RandomTensors(seed: 8).tensor("a.weight", [320, 64, 3, 3]).values)
    #expect(weight.values != random.tensor("b.weight", [320, 64, 3, 3]).values)
    let bound = 1 / Float(64 * 9).squareRoot()
    #expect(weight.values.allSatisfy { abs($0) <= bound })
    // Of a uniform distribution over ±bound the variance is bound²/3.
    let variance = weight.values.reduce(0.0) { $0 + Double($1 * $1) } / Double(weight.count)
    #expect(abs(variance / Double(bound * bound / 3) - 1) < 0.02)
    #expect(random.tensor("norm.weight", [4]).values == [1, 1, 1, 1])
    #expect(random.tensor("norm.bias", [2]).values == [0, 0])
  }

  @Test func `a part that is not there is named`() {
    let error = #expect(throws: CheckpointError.self) {
      try RandomCheckpoint.sd15.files().component("tokenizer")
    }
    #expect(error?.description.contains("sd15/tokenizer") == true)
  }
}
