import Pictures
import SamplerNames

/// AUTOMATIC1111's web UI, and others that take its own names.
///
/// Source: `modules/api/api.py`, `modules/processing.py`, `modules/shared_options.py` and `modules/sysinfo.py` of
/// stable-diffusion-webui.
struct AUTOMATIC1111: WebUIDialect {
  let engine = "webui"
  let name = "the web UI"
  let missing = "start the web UI with --api"
  let pngRemedy = "set 'File format for images' to png there"
  let listsSchedules = true
  let ratioField = "Token merging ratio"
  /// By the names of the infotext.
  let settings = [
    WebUIOptions.Setting(option: "CLIP_stop_at_last_layers", name: "Clip skip", usual: ["0", "1"]),
    WebUIOptions.Setting(option: "randn_source", name: "RNG", usual: ["GPU"]),
    WebUIOptions.Setting(option: "sd_vae", name: "VAE", usual: ["Automatic", "None"]),
    WebUIOptions.Setting(option: "eta_noise_seed_delta", name: "ENSD", usual: ["0"]),
  ]
  private static let ratioOption = "token_merging_ratio"

  /// Of `/internal/sysinfo`, which only some have.
  private struct System: Decodable {
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

  func machine(_ service: HTTPService) throws -> WebUIMachine {
    let system = try? service.get(
      "/internal/sysinfo", timeout: WebUIMachine.longestAnswer, isCancelled: { false }
    ).decode(System.self)
    // As in `GPU 0: NVIDIA GeForce RTX 4090`.
    let graphics = system?.torch?.graphics.map { text in
      String(text.split(separator: ": ", maxSplits: 1).last ?? Substring(text))
    }
    return WebUIMachine(version: system?.version, torch: system?.torch?.torchVersion, graphics: graphics)
  }

  func check(_ options: WebUIOptions, of service: HTTPService) throws(EngineError) {
    guard let ratio = options.number(Self.ratioOption) else {
      throw .worker(
        "\(service.name) has no option token_merging_ratio: it cannot merge tokens, or not by this name")
    }
    guard ratio == 0 else {
      throw .worker(
        "\(service.name) merges every picture: its own option 'Token merging ratio' is \(ratio), which also holds where a "
          + "ratio of 0 is asked for; set it to 0 (Settings, Optimizations, Token merging ratio) and apply it"
      )
    }
  }

  /// Versions without a list of schedule types have them in the samplers' names.
  func sampler(_ kind: SchedulerKind, of service: WebUIService) -> WebUISamplerChoice? {
    func has(_ sampler: String) -> Bool { service.samplers.contains { $0.name == sampler } }
    guard let schedules = service.schedules else {
      return kind.webUIName.flatMap { has($0) ? WebUISamplerChoice(sampler: $0) : nil }
    }
    guard let labels = kind.webUILabels, has(labels.sampler), schedules.contains(labels.schedule)
    else { return nil }
    return WebUISamplerChoice(sampler: labels.sampler, schedule: labels.schedule)
  }

  func scheduler(_ infotext: Infotext) -> SchedulerName? { infotext.scheduler }

  func overrides(_ recipe: PictureRecipe, _ options: WebUIOptions) -> [String: WebUIOptions.Value] {
    [Self.ratioOption: .number(recipe.ratio)]
  }

  func text(_ prompt: String, _ syntax: PromptSyntaxName) -> String {
    syntax == .plain ? LiteralPrompt.forWebUI(prompt) : prompt
  }
}
