import Foundation

/// What is said to AUTOMATIC1111's web UI and those that speak like it, and what they answer: JSON in snake case, below
/// `/sdapi/v1`.
///
/// Source: `modules/api/api.py` and `modules/api/models.py` of the web UI.
enum WebUIMessage {
  /// Of the options, those that pictures depend on.
  struct Options: Decodable {
    let tokenMergingRatio: Double?
    let sdModelCheckpoint: String?
    let sdVae: String?
    let clipStopAtLastLayers: Int?
    let randnSource: String?
    let etaNoiseSeedDelta: Int?
    let samplesFormat: String?

    /// What differs from the defaults, by the names of the infotext.
    var settings: [String: String] {
      var settings: [String: String] = [:]
      if let skip = clipStopAtLastLayers, skip > 1 { settings["Clip skip"] = "\(skip)" }
      if let source = randnSource, source != "GPU" { settings["RNG"] = source }
      if let vae = sdVae, !["Automatic", "None"].contains(vae) { settings["VAE"] = vae }
      if let delta = etaNoiseSeedDelta, delta != 0 { settings["ENSD"] = "\(delta)" }
      return settings
    }
  }

  struct Checkpoint: Decodable {
    let title: String
    let modelName: String?
    /// The first ten digits of ``sha256``.
    let hash: String?
    let sha256: String?
  }

  struct Sampler: Decodable { let name: String }
  /// A schedule type.
  struct Scheduler: Decodable { let label: String }

  /// Of `/internal/sysinfo`, which only some have.
  struct System: Decodable {
    struct Torch: Decodable {
      let torchVersion: String?
      let graphics: String?

      private enum CodingKeys: String, CodingKey {
        case torchVersion
        case graphics = "nvidiaGpuModels"
      }

      init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        torchVersion = try? fields.decode(String.self, forKey: .torchVersion)
        // A list where there are several.
        graphics =
          (try? fields.decode([String].self, forKey: .graphics))?.first
          ?? (try? fields.decode(String.self, forKey: .graphics))
      }
    }
    let version: String?
    let torch: Torch?

    private enum CodingKeys: String, CodingKey {
      case version = "Version"
      case torch = "Torch env info"
    }

    init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      version = try? fields.decode(String.self, forKey: .version)
      torch = try? fields.decode(Torch.self, forKey: .torch)
    }
  }

  struct TextToImage: Encodable {
    struct Overrides: Encodable { let tokenMergingRatio: Double }

    let prompt: String
    let negativePrompt: String
    let seed: UInt64
    let steps: Int
    let cfgScale: Double
    let width: Int
    let height: Int
    let samplerName: String
    /// Left out for versions without a list of them.
    let scheduler: String?
    let overrideSettings: Overrides
    let overrideSettingsRestoreAfterwards = true
    let batchSize = 1
    let nIter = 1
    let sendImages = true
    let saveImages = false
    let restoreFaces = false
    let tiling = false

    private enum CodingKeys: CodingKey {
      case prompt, negativePrompt, seed, steps, cfgScale, width, height, samplerName, scheduler
      case overrideSettings, overrideSettingsRestoreAfterwards, batchSize, nIter, sendImages, saveImages
      case restoreFaces, tiling
    }

    var json: Data {
      get throws {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self)
      }
    }
  }

  struct Pictures: Decodable {
    /// Base64, some with `data:image/png;base64,` before it.
    let images: [String]
    /// JSON in a text.
    let info: String?

    var details: Details? {
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      return info.flatMap { try? decoder.decode(Details.self, from: Data($0.utf8)) }
    }
  }

  struct Details: Decodable {
    let infotexts: [String]?
    /// Behind the grids.
    let indexOfFirstImage: Int?
  }
}
