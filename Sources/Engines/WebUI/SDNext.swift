import Pictures
import SamplerNames
import TokenMerging

/// SD.Next, with its Diffusers backend.
///
/// Every request names the method of merging and its ratio, so that it does not matter what is chosen there: ToMe calls
/// `tomesd.apply_patch` with `use_rand` off and takes the patch off after the picture, which is the rule
/// `MergeVariant.webui`.
///
/// Source: vladmandic/sdnext, `modules/token_merge.py` at 7a51017, `modules/processing_diffusers.py` at 00e34ce,
/// `modules/processing.py` at 01a68ba (how `override_settings` hold and are taken back), `modules/processing_info.py` at
/// 0c7038e (the infotext), `modules/api/generate.py` at 175e9cb, `helpers.py` at 112d5af, `options.py` at 15c8b2b and
/// `v2/server.py` at 1a8ed11; its published API is described at <https://vladmandic.github.io/sdnext-docs/API/>.
struct SDNext: WebUIDialect {
  let engine = "sdnext"
  let name = "SD.Next"
  let missing = "is it SD.Next? AUTOMATIC1111's web UI is --engine webui"
  let pngRemedy = "set 'File format' of its image options to png there"
  /// Its options leave out what is as it was delivered.
  let usualFormat: String? = "jpg"
  let ratioField = "ToMe"
  /// What breaks while a picture is sampled is written to its log, and the answer is a good one without pictures.
  let noPicture = "it has no picture; why, only SD.Next's log says"
  let settings = [
    WebUIOptions.Setting(option: "sd_vae", name: "VAE", usual: ["Automatic", "Default", "None"]),
    WebUIOptions.Setting(option: "diffusers_generator_device", name: "RNG", usual: ["GPU"]),
    WebUIOptions.Setting(option: "eta_noise_seed_delta", name: "ENSD", usual: ["0"]),
    WebUIOptions.Setting(option: "scheduler_eta", name: "Sampler Eta", usual: ["1"]),
    WebUIOptions.Setting(option: "schedulers_timestep_spacing", name: "Sampler spacing", usual: ["default"]),
    WebUIOptions.Setting(option: "schedulers_timesteps", name: "Sampler timesteps", usual: [""]),
    WebUIOptions.Setting(option: "schedulers_solver_order", name: "Sampler order", usual: ["0"]),
    WebUIOptions.Setting(option: "schedulers_prediction_type", name: "Sampler type", usual: ["default"]),
    WebUIOptions.Setting(
      option: "schedulers_beta_schedule", name: "Sampler beta schedule", usual: ["default"]),
    WebUIOptions.Setting(option: "schedulers_use_loworder", name: "Sampler low order", usual: ["true"]),
    WebUIOptions.Setting(option: "schedulers_use_thresholding", name: "Sampler dynamic", usual: ["false"]),
    WebUIOptions.Setting(option: "schedulers_rescale_betas", name: "Sampler rescale", usual: ["false"]),
    WebUIOptions.Setting(option: "prompt_mean_norm", name: "Prompt normalization", usual: ["false"]),
    WebUIOptions.Setting(option: "freeu_enabled", name: "FreeU", usual: ["false"]),
  ]
  private static let usualParser = "native"

  /// Of `/sdapi/v1/version`, which AUTOMATIC1111's web UI has not.
  private struct Version: Decodable {
    let app: String?
    let commit: String?
    /// What ``commit`` was called before.
    let hash: String?
    let updated: String?
  }

  /// Of `/sdapi/v2/system-info`, which newer versions have.
  private struct System: Decodable {
    struct Graphics: Decodable { let device: String? }
    let torch: String?
    let gpu: Graphics?
  }

  func machine(_ service: HTTPService) throws -> WebUIMachine {
    let answer = try service.get("/sdapi/v1/version", isCancelled: { false })
    let version = try answer.decode(Version.self)
    guard version.app?.lowercased() == "sd.next" else { throw answer.unexpected("it is no SD.Next") }
    let system = try? service.get(
      "/sdapi/v2/system-info", timeout: WebUIMachine.longestAnswer, isCancelled: { false }
    ).decode(System.self)
    let words = [version.commit ?? version.hash, version.updated].compactMap(\.self)
    // As in `NVIDIA GeForce RTX 4090 n=1 arch=sm_90 capability=(8, 9)`.
    let graphics = system?.gpu?.device.map { String($0.split(separator: " n=").first ?? "") }
    return WebUIMachine(
      version: words.isEmpty ? nil : words.joined(separator: " of "), torch: system?.torch, graphics: graphics
    )
  }

  func check(_ options: WebUIOptions, of service: HTTPService) throws(EngineError) {
    guard options.flag("hypertile_unet_enabled") != true else {
      throw .worker(
        "\(service.name) merges no tokens while its own option 'HyperTile UNet' (hypertile_unet_enabled) is on; switch it "
          + "off and apply it")
    }
  }

  func sampler(_ kind: SchedulerKind, of service: WebUIService) -> WebUISamplerChoice? {
    guard let pair = kind.sdNextSampler,
      let listed = service.samplers.first(where: { $0.name == pair.sampler }),
      kind.spacing.map(listed.spacings.contains) ?? true
    else { return nil }
    return WebUISamplerChoice(sampler: pair.sampler, overrides: ["schedulers_sigma": .text(pair.sigma)])
  }

  func scheduler(_ infotext: Infotext) -> SchedulerName? {
    infotext["Sampler"].map { sampler in
      let sigma = infotext["Sampler sigma"]
      let pair = SDNextSampler(sampler: sampler, sigma: sigma ?? SDNextSampler.usualSigma)
      return SchedulerName(
        rawValue: SchedulerKind(sdNext: pair)?.rawValue ?? sampler + (sigma.map { " \($0)" } ?? ""))
    }
  }

  func overrides(_ recipe: PictureRecipe, _ options: WebUIOptions) -> [String: WebUIOptions.Value] {
    var overrides: [String: WebUIOptions.Value] = [
      "token_merging_method": .text(recipe.ratio > 0 ? "ToMe" : "None"), "tome_ratio": .number(recipe.ratio),
      "prompt_attention": .text(parser(recipe.sampling.promptSyntax)),
    ]
    // A picture that broke off would come as far as it got. An option that is false is not taken back to false there.
    if options.flag("keep_incomplete") != false { overrides["keep_incomplete"] = .flag(false) }
    return overrides
  }

  /// How it is to read prompts, by its option `prompt_attention`.
  private func parser(_ syntax: PromptSyntaxName) -> String { syntax == .plain ? "fixed" : "a1111" }

  func text(_ prompt: String, _ syntax: PromptSyntaxName) -> String {
    syntax == .plain ? LiteralPrompt.forSDNext(prompt) : prompt
  }

  func check(prompt: String, sampling: Sampling) throws(EngineError) {
    for (text, kind) in [(prompt, UnreadText.Kind.prompt), (sampling.negativePrompt, .negativePrompt)] {
      if let taken = SDNextPrompt(text, kind, sampling.promptSyntax).taken {
        throw .worker(
          "the \(kind.rawValue) has '\(taken.part)', which SD.Next \(taken.meaning); leave it out")
      }
    }
  }

  func validate(_ recipe: PictureRecipe) throws(EngineError) {
    if let scale = recipe.sampling.guidanceScale, scale < 1 {
      throw .worker(
        "guidance_scale \(scale): SD.Next calls everything below 1 a scale of 1; ask for 1 or more")
    }
    if recipe.merging?.variant == .todo {
      throw .worker(
        "--merge-variant todo: SD.Next's ToDo thins by a factor of 2 whatever its ratio is, and leaves out the step at "
          + "timestep 0; leave --merge-variant out")
    }
  }

  func furtherFacts(_ infotext: Infotext, _ request: PictureRequest) -> [WebUIInfotext.Fact] {
    [
      .init(
        name: "prompt_attention", said: infotext["Parser"] ?? Self.usualParser,
        asked: parser(request.recipe.sampling.promptSyntax)),
      .init(name: "ToDo", said: infotext["ToDo"] ?? "off", asked: "off"),
    ]
  }
}
