import Checkpoints
import Foundation
import Testing
import TokenMerging

@testable import StableDiffusion

/// UNet configurations of published families, in their full size.
@Suite struct FamilyConfigurationTests {
  /// What sets them apart from ``PublishedConfigurationTests/unet``.
  private static let families: [String: [String]] = [
    "sdxl": [sdxl],
    "ssd-1b": [
      sdxl,
      """
      {"mid_block_type": "UNetMidBlock2D", "transformer_layers_per_block": [1, [2, 2], [4, 4]],
       "reverse_transformer_layers_per_block": [[4, 4, 10], [2, 1, 1], 1]}
      """,
    ],
    "vega": [
      sdxl,
      """
      {"mid_block_type": "UNetMidBlock2D", "transformer_layers_per_block": [1, [1, 1], [2, 2]],
       "reverse_transformer_layers_per_block": [[2, 2, 2], [1, 1, 1], 1]}
      """,
    ],
    "koala": [
      sdxl, #"{"layers_per_block": 1, "mid_block_type": null, "transformer_layers_per_block": [0, 2, 5]}"#,
    ],
    "lcm": [#"{"time_cond_proj_dim": 256, "cross_attention_dim": 768, "attention_head_dim": 8}"#],
    "bk-sdm-base": [#"{"layers_per_block": 1, "cross_attention_dim": 768}"#],
    "small-sd": [#"{"layers_per_block": 1, "mid_block_type": null, "cross_attention_dim": 768}"#],
  ]

  private static let sdxl = """
    {"addition_embed_type": "text_time", "addition_time_embed_dim": 256, "attention_head_dim": [5, 10, 20],
     "block_out_channels": [320, 640, 1280], "cross_attention_dim": 2048,
     "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"],
     "projection_class_embeddings_input_dim": 2816, "sample_size": 128,
     "transformer_layers_per_block": [1, 2, 10], "upcast_attention": null,
     "up_block_types": ["CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"]}
    """

  /// - Parameter changes: JSON of further fields
  private func read(
    _ family: String, _ changes: String = "{}"
  ) throws -> UNet2DConditionModel.Configuration {
    var json = PublishedConfigurationTests.unet
    for text in try #require(Self.families[family]) + [changes] {
      json.merge(
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
      ) { $1 }
    }
    return try UNet2DConditionModel.Configuration(
      SyntheticFolder(
        path: "model", files: ["config.json": try JSONSerialization.data(withJSONObject: json)],
        tensors: RandomTensors(seed: 0)))
  }

  /// For pictures of the trained size, how many transformer blocks there are at every grid.
  @Test(arguments: [
    ("sdxl", [2: 10, 4: 60]), ("ssd-1b", [2: 8, 4: 26]), ("vega", [2: 5, 4: 10]), ("koala", [2: 6, 4: 15]),
    ("lcm", [1: 5, 2: 5, 4: 5, 8: 1]), ("small-sd", [1: 3, 2: 3, 4: 3]),
    ("bk-sdm-base", [1: 3, 2: 3, 4: 3, 8: 1]),
  ])
  func `blocks attend where the configuration says`(family: String, blocks: [Int: Int]) throws {
    let configuration = try read(family)
    let size = configuration.pictureSize(scaleFactor: 1)
    let grids = configuration.attendingGrids(latentWidth: size.width, latentHeight: size.height)
    #expect(Dictionary(uniqueKeysWithValues: grids.map { ($0.downsample, $0.blocks) }) == blocks)
  }

  @Test(arguments: [
    ("sdxl", "addition_time_embed_dim", "null", "is missing, but addition_embed_type is text_time"),
    ("sdxl", "projection_class_embeddings_input_dim", "null", "is missing, but"),
    ("sdxl", "projection_class_embeddings_input_dim", "1536", "leave nothing to the text"),
    ("sdxl", "addition_embed_type", #""text_image""#, #"is not supported, only null or "text_time""#),
    (
      "sdxl", "mid_block_type", #""UNetMidBlock2DSimpleCrossAttn""#, #"expected "UNetMidBlock2DCrossAttn" or"#
    ),
    ("sdxl", "transformer_layers_per_block", "[1, 2]", "2 values for 3 block_out_channels"),
    ("sdxl", "transformer_layers_per_block", "[1, 2, -1]", "from 0 to 1000, or a list of 1 to 10 of them"),
    ("sdxl", "transformer_layers_per_block", "[1, [[2]], 2]", "or of lists of 1 to 100"),
    ("ssd-1b", "reverse_transformer_layers_per_block", "null", "is missing: transformer_layers_per_block"),
    (
      "ssd-1b", "reverse_transformer_layers_per_block", "[[4, 4], [2, 1, 1], 1]",
      "has a list of 2 for a block of 3 layers"
    ),
    ("ssd-1b", "transformer_layers_per_block", "[1, [2], [4, 4]]", "has a list of 1 for a block of 2"),
    ("lcm", "time_cond_proj_dim", "2", "values, a whole number from 4"),
  ])
  func `what contradicts itself is refused by name`(
    family: String, field: String, value: String, words: String
  ) throws {
    let error = try #require(throws: CheckpointError.self) {
      try read(family, #"{"\#(field)": \#(value)}"#)
    }
    #expect(error.description.hasPrefix("model/config.json: '\(field)'"), "\(error)")
    #expect(error.description.contains(words), "\(error)")
  }
}
