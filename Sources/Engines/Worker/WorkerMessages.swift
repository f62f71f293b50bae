import TokenMerging

/// What is said to a worker, and what it answers: one JSON object a line, in snake case.
///
/// `docs/worker-protocol.md` describes it for those who write workers of their own.
enum WorkerMessage {
  static let version = 1

  struct Hello: Encodable {
    let type = "hello"
    let `protocol` = WorkerMessage.version
    let model: String?
    let device: String?
    let precision: String

    private enum CodingKeys: CodingKey { case type, `protocol`, model, device, precision }
  }

  struct Introduction: Decodable, Sendable {
    struct Defaults: Decodable, Sendable {
      let width: Int?
      let height: Int?
      let steps: Int?
      let guidanceScale: Double?
    }

    /// How many transformer blocks there are at a downsampling of the latents.
    struct Grid: Decodable, Sendable {
      let downsample: Int
      let blocks: Int
    }

    let `protocol`: Int
    let name: String
    let version: String?
    /// Nil for the machine's processor.
    let device: String?
    /// Of what it is made of, as in `torch`.
    let versions: [String: String]?
    let model: String?
    let modelHash: String?
    let defaults: Defaults?
    /// Pixels of the side of a latent.
    let factor: Int?
    let grids: [Grid]?
    /// The samplers that it has beside the model's own; nil where it takes any name.
    let schedulers: [String]?
    /// The arguments of tomesd that it can set; nil for all.
    let merging: [String]?
    /// Whether its model is told of the size of a photograph and of what was cut off it, as SDXL is; nil for no.
    let framing: Bool?
  }

  struct Generate: Encodable {
    let type = "generate"
    let id: Int
    let prompt: String
    let negativePrompt: String
    let seed: UInt64
    let width: Int
    let height: Int
    let steps: Int
    let guidanceScale: Double
    let scheduler: String?
    let eta: Double?
    /// Width and height, and pixels cut off from left and top, where they are not the picture's own.
    let originalSize: [Int]?
    let crop: [Int]?
    let merging: TomesdArguments?
    /// Where the picture is to be written, as PNG.
    let output: String

    private enum CodingKeys: CodingKey {
      case type, id, prompt, negativePrompt, seed, width, height, steps, guidanceScale, scheduler, eta,
        originalSize,
        crop, merging, output
    }
  }

  struct Picture: Decodable, Sendable {
    let id: Int
    let path: String
    let seconds: Double
    let secondsPerStep: Double?
    let peakMemoryBytes: Int?
    /// What the user should know of this picture.
    let notes: [String]?
  }

  /// Instead of any answer.
  struct Refusal: Decodable {
    let error: String
    let id: Int?
  }

  struct Bye: Encodable { let type = "bye" }
}
