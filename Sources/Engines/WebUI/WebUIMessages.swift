import Foundation
import SamplerNames

/// What is said to AUTOMATIC1111's web UI and those that speak like it, and what they answer: JSON in snake case, below
/// `/sdapi/v1`.
///
/// Source: `modules/api/api.py` and `modules/api/models.py` of the web UI. What others do otherwise: ``WebUIDialect``.
enum WebUIMessage {
  struct Checkpoint: Decodable {
    let title: String
    let modelName: String?
    /// The first ten digits of ``sha256``.
    let hash: String?
    let sha256: String?
  }

  struct Sampler: Decodable {
    let name: String
    /// Those that it can be asked for, where the sampler's options are the arguments of a class of diffusers, as SD.Next
    /// lists them.
    let spacings: Set<SigmaSpacing>

    private enum CodingKeys: CodingKey { case name, options }
    private enum ArgumentKeys: CodingKey { case useKarrasSigmas, useExponentialSigmas, useBetaSigmas }

    init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      name = try fields.decode(String.self, forKey: .name)
      let arguments = try? fields.nestedContainer(keyedBy: ArgumentKeys.self, forKey: .options)
      let keys: [(ArgumentKeys, SigmaSpacing)] = [
        (.useKarrasSigmas, .karras), (.useExponentialSigmas, .exponential), (.useBetaSigmas, .beta),
      ]
      spacings = Set(keys.filter { arguments?.contains($0.0) ?? false }.map(\.1))
    }
  }

  /// A schedule type.
  struct Scheduler: Decodable { let label: String }

  struct TextToImage: Encodable {
    let prompt: String
    let negativePrompt: String
    let seed: UInt64
    let steps: Int
    let cfgScale: Double
    let width: Int
    let height: Int
    let samplerName: String
    /// Left out for those without a list of them.
    let scheduler: String?
    let overrideSettings: [String: WebUIOptions.Value]
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
