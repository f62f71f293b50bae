import SamplerNames
public import TokenMerging
import Wording

/// The web UI's names for what a request holds, in both directions.
extension Infotext {
  static func sampler(_ scheduler: SchedulerName) -> String {
    SchedulerKind(rawValue: scheduler.rawValue)?.webUIName ?? scheduler.rawValue
  }

  /// The web UI has one of its own for samplers that go through timesteps.
  static func etaField(_ scheduler: SchedulerName) -> String {
    scheduler.rawValue == SchedulerKind.ddim.rawValue ? "Eta DDIM" : "Eta"
  }

  public var steps: Int? { self["Steps"].flatMap { Int($0) } }
  public var guidanceScale: Double? { self["CFG scale"].flatMap { Double($0) } }
  public var seed: Seed? { self["Seed"].flatMap { Seed($0) } }
  /// One that has no name here keeps the web UI's, with its schedule type behind it.
  public var scheduler: SchedulerName? {
    self["Sampler"].map { sampler in
      let name = sampler + (self["Schedule type"].map { " \($0)" } ?? "")
      return SchedulerName(rawValue: (try? SchedulerKind(named: name))?.rawValue ?? name)
    }
  }
  public var eta: Double { (self["Eta DDIM"] ?? self["Eta"]).flatMap { Double($0) } ?? 0 }
  public var size: (width: Int, height: Int)? { pair("Size", "x") }
  /// Nil without a size, or where nothing is said of the photograph that the picture would come from.
  public var framing: Framing? {
    guard let size else { return nil }
    let crop = pair("Crop", ",").map { (left: $0.width, top: $0.height) }
    return Framing(original: pair("Original size", "x"), crop: crop, width: size.width, height: size.height)
  }

  /// The web UI counts the layer that is taken, from the last one on; here those that are left out are counted.
  public var clipSkip: Int? { self["Clip skip"].flatMap { Int($0) }.flatMap { $0 > 1 ? $0 - 1 : nil } }
  public var promptSyntax: PromptSyntaxName { self["Prompt syntax"].map(PromptSyntaxName.init) ?? .plain }

  private func pair(_ name: String, _ separator: Character) -> (width: Int, height: Int)? {
    let sides = self[name]?.split(separator: separator).map { Int($0) } ?? []
    guard sides.count == 2, let width = sides[0], let height = sides[1] else { return nil }
    return (width, height)
  }
  /// The fields that only this program writes say what differs from fp32.
  public var precision: PrecisionName { self["Precision"].map(PrecisionName.init) ?? .fp32 }

  /// Nil without merging, of which the web UI says nothing at all.
  public var merging: MergingOptions? {
    guard let ratio = self["Token merging ratio"].flatMap({ Double($0) }), ratio > 0 else { return nil }
    var merging = MergingOptions(ratio: ratio)
    func take<T: LosslessStringConvertible>(_ name: String, _ path: WritableKeyPath<MergingOptions, T>) {
      if let value = self["Token merging \(name)"].flatMap({ T($0) }) { merging[keyPath: path] = value }
    }
    if let variant = self["Token merging variant"].flatMap(MergeVariant.init) { merging.variant = variant }
    take("sx", \.sx)
    take("sy", \.sy)
    take("max downsample", \.maxDownsample)
    take("random", \.useRand)
    take("attention", \.mergeAttn)
    take("cross-attention", \.mergeCrossattn)
    take("MLP", \.mergeMlp)
    take("steps", \.steps)
    return merging
  }
}

extension PictureMetadata {
  /// The request as the web UI would describe it, and in the same manner what it has no word for.
  public var infotext: Infotext {
    let (recipe, sampling) = (request.recipe, request.recipe.sampling)
    var fields = sampling.steps.map { [Infotext.Field("Steps", "\($0)")] } ?? []
    fields.append(Infotext.Field("Sampler", Infotext.sampler(sampling.scheduler)))
    fields += sampling.guidanceScale.map { [Infotext.Field("CFG scale", NumberText.exact($0))] } ?? []
    fields += [
      Infotext.Field("Seed", "\(request.seed)"),
      Infotext.Field("Size", "\(sampling.width)x\(sampling.height)"),
      Infotext.Field("Model hash", String(recipe.model.fingerprint.prefix(10))),
      Infotext.Field("Model", modelName),
    ]
    fields += Self.fields(recipe.model)
    if sampling.eta != 0 {
      fields.append(
        Infotext.Field(Infotext.etaField(sampling.scheduler), NumberText.exact(sampling.eta)))
    }
    if let original = sampling.originalSize {
      fields.append(Infotext.Field("Original size", "\(original.width)x\(original.height)"))
    }
    if let crop = sampling.crop { fields.append(Infotext.Field("Crop", "\(crop.left),\(crop.top)")) }
    if sampling.precision != .fp32 {
      fields.append(Infotext.Field("Precision", sampling.precision.rawValue))
    }
    if let skip = sampling.clipSkip { fields.append(Infotext.Field("Clip skip", "\(skip + 1)")) }
    if sampling.promptSyntax != .plain {
      fields.append(Infotext.Field("Prompt syntax", sampling.promptSyntax.rawValue))
    }
    if let initImage = sampling.initImage {
      fields += [
        Infotext.Field("Denoising strength", NumberText.exact(initImage.strength)),
        Infotext.Field("Init image hash", String(initImage.hash.prefix(12))),
      ]
    }
    if let hires = sampling.hires { fields += Self.fields(hires) }
    if let merging = recipe.merging ?? recipe.hiresMerging {
      fields += Self.fields(merging, ratio: recipe.ratio)
    }
    if let ratio = recipe.otherHiresRatio {
      fields.append(Infotext.Field("Token merging ratio hr", NumberText.exact(ratio)))
    }
    fields.append(Infotext.Field("Version", "tome-eval \(version)"))
    return Infotext(prompt: request.prompt, negativePrompt: sampling.negativePrompt, fields: fields)
  }

  /// The web UI writes the hashes of LoRAs, and how strong they are into the prompt.
  private static func fields(_ model: ModelReference) -> [Infotext.Field] {
    func list(_ name: String, _ texts: [String]) -> [Infotext.Field] {
      texts.isEmpty ? [] : [Infotext.Field(name, texts.joined(separator: ", "))]
    }
    func name(_ adapter: ModelReference.Adapter) -> String { adapter.name ?? "unnamed" }
    return list("Lora hashes", model.adapters.map { "\(name($0)): \($0.fingerprint.prefix(12))" })
      + list("TI hashes", model.words.map { "\($0.token): \($0.fingerprint.prefix(12))" })
      + list("Lora scales", model.adapters.map { "\(name($0)): \(NumberText.exact($0.scale))" })
  }

  /// A second pass in the web UI's words.
  private static func fields(_ hires: HiresPass) -> [Infotext.Field] {
    [
      Infotext.Field("Denoising strength", NumberText.exact(hires.strength)),
      Infotext.Field("Hires upscale", NumberText.exact(hires.scale)),
    ] + (hires.steps.map { [Infotext.Field("Hires steps", "\($0)")] } ?? []) + [
      Infotext.Field("Hires upscaler", hires.upscaler.webUIName)
    ]
  }

  /// The ratio as the web UI names it, and whatever differs from plain tomesd in the same manner.
  /// - Parameter ratio: of the first pass
  private static func fields(_ merging: MergingOptions, ratio: Double) -> [Infotext.Field] {
    let plain = MergingOptions(ratio: merging.ratio)
    func field(_ name: String, _ path: KeyPath<MergingOptions, some Equatable>) -> [Infotext.Field] {
      merging[keyPath: path] == plain[keyPath: path]
        ? [] : [Infotext.Field("Token merging \(name)", "\(merging[keyPath: path])")]
    }
    return [Infotext.Field("Token merging ratio", NumberText.exact(ratio))]
      + field("variant", \.variant) + field("sx", \.sx) + field("sy", \.sy)
      + field("max downsample", \.maxDownsample) + field("random", \.useRand)
      + field("attention", \.mergeAttn) + field("cross-attention", \.mergeCrossattn)
      + field("MLP", \.mergeMlp) + field("steps", \.steps)
  }
}
