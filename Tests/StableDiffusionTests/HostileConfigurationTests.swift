import CLIPModels
import Checkpoints
import Foundation
import ReferenceFixtures
import Tensors
import Testing

@testable import StableDiffusion

/// Every field of every configuration file with every kind of wrong value: a sentence, never a trap, never a hang.
@Suite(.timeLimit(.minutes(5))) struct HostileConfigurationTests {
  /// A model folder, of which one file is another.
  private struct Altered: ModelFiles {
    let folder: any ModelFiles
    let file: String
    let bytes: Data

    var path: String { folder.path }
    var resident: WeightsResidency { folder.resident }
    func has(_ name: String) -> Bool { folder.has(name) }
    func data(_ name: String) throws(CheckpointError) -> Data {
      name == file ? bytes : try folder.data(name)
    }
    func component(_ name: String) throws(CheckpointError) -> any ModelFiles { try folder.component(name) }
    func tensors(_ name: String) throws(CheckpointError) -> any TensorSource { try folder.tensors(name) }
    func digests(of name: String) throws(CheckpointError) -> [String] { try folder.digests(of: name) }
  }

  private static var values: [Any] {
    [
      -1, 0, 2.5, 1_000_000_000, 1 << 61, Int.max, 1e300, "x", "", true, NSNull(), [Any](), [1],
      [-1, 1 << 61],
      [1 << 61, 1, 1, 1], ["x"], [String: Any](), ["content": -1],
    ]
  }

  /// The object with each of its fields in turn, also those of objects in it, having each of the values.
  private static func variants(_ object: [String: Any]) -> [[String: Any]] {
    object.keys.sorted().flatMap { key in
      let inner = (object[key] as? [String: Any]).map(variants) ?? []
      return (values + inner).map { value in object.merging([key: value]) { $1 } }
    }
  }

  private static func load(_ part: String, _ files: any ModelFiles) throws {
    switch part {
    case "unet": _ = try UNet2DConditionModel(files)
    case "vae": _ = try AutoencoderKL(files)
    case "text_encoder": _ = try CLIPTextModel(files)
    case "text_encoder_2": _ = try CLIPTextModelWithProjection(files)
    case "clip": _ = try CLIPModel(files)
    case "tokenizer": _ = try CLIPTokenizer(files).encode("a <|endoftext|> b")
    case "scheduler": try run(SchedulerConfiguration(files, of: .stableDiffusion))
    default:
      _ = try PipelineClass(files).zerosForEmptyPrompt(files)
      _ = try PipelineDefaults(files)
    }
  }

  /// Whatever the scheduler accepts, it runs to the end.
  private static func run(_ configuration: SchedulerConfiguration) throws {
    // One scheduler goes a long way through a tree at every step.
    let most = configuration.fields.className == SchedulerConfiguration.Class.dpmSolverSDE.rawValue ? 12 : 50
    for steps in [1, 2, 4, 7, most] {
      var scheduler: any Scheduler
      do {
        scheduler = try configuration.inPipeline(nil).scheduler(steps: steps)
      } catch {
        #expect(!error.description.contains("Swift"))
        continue
      }
      var generator = TorchGenerator(seed: 1)
      var sample = Tensor(zeros: [1, 1, 1, 4])
      for (index, timestep) in scheduler.timesteps.enumerated() {
        #expect(timestep >= 0)
        let output = scheduler.scaleModelInput(sample, at: index)
        sample = scheduler.step(output, at: index, sample: sample, generator: &generator)
      }
    }
  }

  private func check(_ part: String, _ file: String, _ folder: any ModelFiles, _ object: [String: Any]) throws
  {
    var refused = 0
    for variant in Self.variants(object) {
      let bytes = try JSONSerialization.data(withJSONObject: variant)
      do {
        try Self.load(part, Altered(folder: folder, file: file, bytes: bytes))
      } catch let error as CheckpointError {
        refused += 1
        let message = error.description
        #expect(message.hasPrefix(folder.path))
        for word in ["Swift", "DecodingError", "Dictionary", "Optional"] { #expect(!message.contains(word)) }
      }
    }
    #expect(refused > 0)
  }

  @Test(arguments: [
    ("unet", "config.json"), ("vae", "config.json"), ("text_encoder", "config.json"), ("clip", "config.json"),
    ("clip", "preprocessor_config.json"), ("tokenizer", "tokenizer_config.json"),
    ("tokenizer", "special_tokens_map.json"), ("", "model_index.json"), ("", "tome-eval.json"),
  ])
  func `every field of the bundled checkpoint's files`(part: String, file: String) throws {
    let whole = try ModelDirectory(PipelineRequestTests.checkpoint.standardizedFileURL)
    let folder = part.isEmpty ? whole : try whole.component(part)
    let object = try #require(
      try JSONSerialization.jsonObject(with: folder.data(file)) as? [String: Any])
    try check(part, file, folder, object)
  }

  @Test(arguments: [
    ("unet", "config.json"), ("text_encoder_2", "config.json"), ("", "model_index.json"),
  ])
  func `every field of the files of a distilled SDXL`(part: String, file: String) throws {
    try withTemporaryFolder { url in
      try FamilyFixture("vega").write(scheduler: "euler", to: url)
      let whole = try ModelDirectory(url)
      let folder = part.isEmpty ? whole : try whole.component(part)
      let object = try #require(
        try JSONSerialization.jsonObject(with: folder.data(file)) as? [String: Any])
      try check(part, file, folder, object)
    }
  }

  @Test(arguments: [
    ("block_out_channels", [47, 96, 192, 192], "begins with 47, which is no even number"),
    (
      "cross_attention_dim", [192, 192, 256, 192], "has several widths, but one text encoder feeds all levels"
    ),
  ])
  func `widths that no step could be made with are refused`(field: String, widths: [Int], reason: String)
    throws
  {
    let unet = try ModelDirectory(PipelineRequestTests.checkpoint.standardizedFileURL).component("unet")
    var object = try #require(
      try JSONSerialization.jsonObject(with: unet.data("config.json")) as? [String: Any])
    object[field] = widths
    let bytes = try JSONSerialization.data(withJSONObject: object)
    let error = try #require(throws: CheckpointError.self) {
      try UNet2DConditionModel(Altered(folder: unet, file: "config.json", bytes: bytes))
    }
    #expect(error.description.contains("'\(field)': \(reason)"), "\(error)")
  }

  @Test(arguments: SchedulerConfiguration.Class.allCases)
  func `every field of every scheduler`(_ name: SchedulerConfiguration.Class) throws {
    let names = [
      "num_train_timesteps", "beta_start", "beta_end", "beta_schedule", "trained_betas",
      "rescale_betas_zero_snr", "prediction_type", "timestep_spacing", "steps_offset", "clip_sample",
      "clip_sample_range", "set_alpha_to_one", "thresholding", "skip_prk_steps", "interpolation_type",
      "timestep_type", "final_sigmas_type", "sigma_min", "sigma_max", "use_karras_sigmas",
      "use_exponential_sigmas", "use_beta_sigmas", "algorithm_type", "solver_type", "solver_order",
      "lower_order_final", "euler_at_final", "use_lu_lambdas", "use_flow_sigmas", "use_dynamic_shifting",
      "lambda_min_clipped", "variance_type", "dynamic_thresholding_ratio", "sample_max_value",
      "original_inference_steps", "timestep_scaling", "predict_x0", "disable_corrector", "solver_p",
      "noise_sampler_seed",
    ]
    let folder = try ModelDirectory(
      PipelineRequestTests.checkpoint.standardizedFileURL.appendingPathComponent("scheduler"))
    let plain: [String: Any] = ["_class_name": name.rawValue]
    for spacing in ["linspace", "leading", "trailing"] {
      for field in names {
        let object = plain.merging(["timestep_spacing": spacing]) { $1 }
        for value in Self.values + [
          2, 1e-9, 0.999, "squaredcos_cap_v2", "v_prediction", "sde-dpmsolver++", false,
        ] {
          let bytes = try JSONSerialization.data(withJSONObject: object.merging([field: value]) { $1 })
          do {
            try Self.load(
              "scheduler", Altered(folder: folder, file: "scheduler_config.json", bytes: bytes))
          } catch let error as CheckpointError {
            #expect(error.description.contains(field))
          }
        }
      }
    }
  }

  @Test(arguments: [-1, 16_777_216, 1 << 61, Int.max])
  func `ids of tokens that no vocabulary has`(id: Int) throws {
    let folder = try ModelDirectory(PipelineRequestTests.checkpoint.standardizedFileURL).component(
      "tokenizer")
    func error(_ file: String, _ change: (inout [String: Any]) -> Void) throws -> String {
      var object = try #require(
        try JSONSerialization.jsonObject(with: folder.data(file)) as? [String: Any])
      change(&object)
      let bytes = try JSONSerialization.data(withJSONObject: object)
      return try #require(throws: CheckpointError.self) {
        try CLIPTokenizer(Altered(folder: folder, file: file, bytes: bytes))
      }.description
    }
    #expect(try error("vocab.json") { $0["!"] = id }.contains("vocab.json: '!': is "))
    let added = try error("tokenizer.json") { $0["added_tokens"] = [["id": id, "content": "x"]] }
    #expect(added.contains("tokenizer.json: 'added_tokens.id': is "))
    let decoder = try error("tokenizer_config.json") {
      $0["added_tokens_decoder"] = ["\(id)": ["content": "x"]]
    }
    #expect(decoder.contains("'added_tokens_decoder.\(id)': is named by no token's id"))
  }
}
