import Pictures
import TokenMerging

extension Infotext {
  /// Settings that change pictures beside those that a request has; what else extensions write does not, or cannot be
  /// told.
  private static let settings = [
    "ENSD", "RNG", "VAE", "VAE hash", "Variation seed",
    "Variation seed strength",
    "Denoising strength", "Init image hash", "Hires upscale", "Hires resize", "Hires steps", "Hires upscaler",
    "Hires prompt",
    "Refiner", "Refiner switch at", "Lora hashes", "Lora scales", "TI hashes", "Prompt syntax", "Hypernet",
    "Face restoration",
    "Tiling",
    "Eta", "Sigma churn", "Sigma tmin", "Sigma tmax", "Sigma noise", "Schedule max sigma",
    "Schedule min sigma", "Schedule rho", "NGMS",
    "FP8 weight", "Cache FP16 weight for LoRA",
    // SD.Next's: its token downsampling, which always thins by 2 whatever ratio it names, and what its samplers run with.
    "ToDo", "Sampler sigma", "Sampler spacing", "Sampler timesteps", "Sampler order", "Sampler type",
    "Sampler beta schedule", "Sampler Eta", "FreeU",
  ]

  private static let hiresSettings = [
    "Denoising strength", "Hires upscale", "Hires resize", "Hires steps", "Hires upscaler",
  ]

  /// Those of the extension "Token Downsampling".
  private static let downsamplingSettings = ["ToDo factor", "ToDo max depth", "ToDo disable after"]

  /// Nil for a text without fields, which says no more than a prompt.
  var facts: PictureFacts? {
    guard !fields.isEmpty else { return nil }
    var facts = PictureFacts()
    facts.prompt = prompt
    facts.negativePrompt = negativePrompt
    (facts.seed, facts.steps, facts.guidanceScale) = (seed, steps, guidanceScale)
    facts.size = size.map { PictureSize(width: $0.width, height: $0.height) }
    facts.scheduler = scheduler
    facts.clipSkip = clipSkip
    facts.modelName = self["Model"]
    facts.modelHash = self["Model hash"]
    facts.engine = engine
    for name in Self.settings { facts.settings[name] = self[name] }
    facts.hires = hires
    // What is known of a second pass is no setting of an unknown effect any more.
    if facts.hires != nil { for name in Self.hiresSettings { facts.settings[name] = nil } }
    facts.hiresRatio = self["Token merging ratio hr"].flatMap { Double($0) }
    if facts.hires == nil, let other = facts.hiresRatio,
      other != self["Token merging ratio"].flatMap({ Double($0) })
    {
      facts.settings["Token merging ratio hr"] = self["Token merging ratio hr"]
    }
    // The web UI says nothing of a ratio of 0, and SD.Next calls it by its method.
    facts.ratio = (self["Token merging ratio"] ?? self["ToMe"]).map { Double($0) } ?? 0
    if facts.engine?.name == "tome-eval" {
      facts.merging = merging
      facts.precision = precision
    } else {
      facts.merging = MergingOptions(ratio: 0, variant: .webui).inForce
      if let downsampling {
        (facts.ratio, facts.merging) = (downsampling.ratio, downsampling)
      } else {
        for name in Self.downsamplingSettings { facts.settings[name] = self[name] }
      }
    }
    return facts
  }

  /// The web UI's second pass ("hires fix"); nil without one, or where its text leaves out how strong it is, or the size
  /// of the first. A pass without an upscaler is one by "Latent", the web UI's first.
  private var hires: PictureFacts.Hires? {
    let scale = self["Hires upscale"].flatMap { Double($0) }.flatMap { (1...64).contains($0) ? $0 : nil }
    guard size != nil, scale != nil || self["Hires resize"] != nil,
      let strength = self["Denoising strength"].flatMap({ Double($0) }), strength > 0, strength <= 1
    else { return nil }
    return PictureFacts.Hires(
      scale: scale, steps: self["Hires steps"].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil },
      strength: strength, upscaler: UpscalerName(webUIName: self["Hires upscaler"] ?? "Latent"))
  }

  /// As the web UI's extension "Token Downsampling" writes it; nil where the web UI itself merged, too.
  private var downsampling: MergingOptions? {
    guard self["Token merging ratio"] == nil, let factor = self["ToDo factor"].flatMap({ Double($0) }),
      factor > 1, MergingOptions.factors.contains(factor)
    else { return nil }
    var options = MergingOptions(ratio: MergingOptions.ratio(factor: factor), variant: .todo)
    // Depths count halvings of the latents' sides, from 1.
    if let depth = self["ToDo max depth"].flatMap({ Int($0) }), 1...4 ~= depth {
      options.maxDownsample = 1 << (depth - 1)
    }
    if let end = self["ToDo disable after"].flatMap({ Double($0) }), let steps = StepRange(from: 0, to: end) {
      options.steps = steps
    }
    return options.inForce
  }

  private var engine: EngineIdentity {
    guard let version = self["Version"] else { return EngineIdentity(name: "webui") }
    let words = version.split(separator: " ", maxSplits: 1)
    return words.first == "tome-eval"
      ? EngineIdentity(name: "tome-eval", version: words.count > 1 ? String(words[1]) : nil)
      : EngineIdentity(name: "webui", version: version)
  }
}
