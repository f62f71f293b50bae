import CheckpointForms
import Checkpoints
import StableDiffusion
import Tensors
import TokenMerging

/// A turn as it is asked of the peer's script, in snake case: `peer_turn.py` describes it.
struct PeerTurn: Encodable {
  let peer = BenchmarkProgram.torch.rawValue
  let part: String
  let width: Int
  let height: Int
  /// Pixels along each edge of a latent; nil for parts without latents.
  let factor: Int?
  let batch: Int
  let attention: String
  let precision: String
  let merging: TomesdArguments?
  let repeats: Int
  let threads: Int
  /// Nil of each where the subject is given by another.
  let model: String?
  let variants: [String: String]?
  let clip: String?
  let configurations: [String: String]?

  /// - Throws: ``BenchmarkError/peer(_:)`` where the peer cannot do the same, or the errors of the model's files.
  init(_ turn: BenchmarkTurn) throws {
    let item = turn.item
    part = item.part.rawValue
    (width, height, batch) = (item.width, item.height, item.batch)
    (attention, precision) = (item.attention.rawValue, item.precision.rawValue)
    merging = try item.merging.map { try Self.arguments($0) }
    (repeats, threads) = (turn.repeats, turn.threads)
    switch turn.subject {
    case .folder(let path): (model, variants, clip, configurations) = (nil, nil, path, nil)
    case .checkpoint(let location):
      let folder = try location.peerFolder()
      (model, variants, clip, configurations) = (folder.path, try Self.variants(folder), nil, nil)
    case .random(let checkpoint):
      (model, variants, clip, configurations) = (nil, nil, nil, try Self.configurations(checkpoint))
    }
    factor = item.hasSize ? try turn.subject.scaleFactor() : nil
  }

  /// - Throws: ``BenchmarkError/peer(_:)`` for a rule that is not tomesd's.
  private static func arguments(_ options: MergingOptions) throws(BenchmarkError) -> TomesdArguments {
    guard [.tomesd, .webui].contains(options.variant) else {
      throw .peer("tomesd has no merge-variant \(options.variant.rawValue); leave one of both out")
    }
    return TomesdArguments(options.inForce)
  }

  private static let components = ["unet", "vae", "text_encoder", "text_encoder_2"]

  /// Which of several files of a part's weights this program takes, as in `fp16`.
  private static func variants(_ folder: ModelDirectory) throws(CheckpointError) -> [String: String] {
    var variants: [String: String] = [:]
    for name in components where folder.has(name) {
      variants[name] = try folder.component(name).weightsVariant()
    }
    return variants
  }

  private static func configurations(
    _ checkpoint: RandomCheckpoint
  ) throws(CheckpointError) -> [String: String] {
    let files = checkpoint.files()
    var texts: [String: String] = [:]
    for name in components where files.has(name) {
      let file = "\(name)/config.json"
      texts[file] = String(decoding: try files.data(file), as: UTF8.self)
    }
    return texts
  }
}

extension CheckpointLocation {
  /// The folder from which diffusers loads the same weights.
  /// - Throws: ``BenchmarkError/peer(_:)`` for what diffusers would put together otherwise.
  fileprivate func peerFolder() throws -> ModelDirectory {
    guard loras.isEmpty, vae == nil else {
      throw BenchmarkError.peer(
        "it times a model's own weights; leave --peers out, or what is added to them (--lora, --vae)")
    }
    guard let folder = try open().files as? ModelDirectory else {
      throw BenchmarkError.peer(
        "\(path) is a single file; pass a diffusers folder, or a model in the Hugging Face cache")
    }
    return folder
  }
}

/// What the script says of itself before anything is measured.
struct PeerIntroductionRequest: Encodable {
  let peer = BenchmarkProgram.torch.rawValue
  let part = "versions"
  let threads: Int
}

struct PeerIntroduction: Decodable {
  let python: String
  let versions: [String: String]
  let threads: Int
}

/// What a turn of the peer measured.
struct PeerFigures: Decodable {
  let firstSeconds: Double
  /// Seconds of the timed runs.
  let runs: [Double]
  let peakMemoryBytes: Int
  let threads: Int

  /// What is wrong with it; nil for nothing.
  func fault(of turn: BenchmarkTurn) -> String? {
    if threads != turn.threads { return "computed on \(threads) threads, asked for were \(turn.threads)" }
    if runs.count != turn.repeats { return "gave \(runs.count) runs, asked for were \(turn.repeats)" }
    guard ([firstSeconds] + runs).allSatisfy({ $0.isFinite && $0 > 0 }) else {
      return "says that a run took no time"
    }
    return nil
  }
}
