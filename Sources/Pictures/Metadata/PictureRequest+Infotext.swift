public import TokenMerging
import Wording

/// The web UI's names for what a request holds, in both directions.
extension Infotext {
  /// The web UI's names of our schedulers.
  private static let samplers: [(scheduler: SchedulerName, sampler: String)] = [
    ("ddim", "DDIM"), ("pndm", "PLMS"), ("euler", "Euler"), ("euler-ancestral", "Euler a"),
    ("dpmsolver++", "DPM++ 2M"), ("dpmsolver++-karras", "DPM++ 2M Karras"),
  ]

  static func sampler(_ scheduler: SchedulerName) -> String {
    samplers.first { $0.scheduler == scheduler }?.sampler ?? scheduler.rawValue
  }

  public var steps: Int? { self["Steps"].flatMap { Int($0) } }
  public var guidanceScale: Double? { self["CFG scale"].flatMap { Double($0) } }
  public var seed: Int? { self["Seed"].flatMap { Int($0) } }
  /// One that has no name here keeps the web UI's.
  public var scheduler: SchedulerName? {
    self["Sampler"].map { name in
      Self.samplers.first { $0.sampler == name }?.scheduler ?? SchedulerName(rawValue: name)
    }
  }
  public var size: (width: Int, height: Int)? { pair("Size", "x") }
  /// Nil without a size, or where nothing is said of the photograph that the picture would come from.
  public var framing: Framing? {
    guard let size else { return nil }
    let crop = pair("Crop", ",").map { (left: $0.width, top: $0.height) }
    return Framing(original: pair("Original size", "x"), crop: crop, width: size.width, height: size.height)
  }

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
    return merging
  }
}

extension PictureMetadata {
  /// The request as the web UI would describe it, and in the same manner what it has no word for.
  public var infotext: Infotext {
    let (recipe, sampling) = (request.recipe, request.recipe.sampling)
    var fields = [
      Infotext.Field("Steps", "\(sampling.steps)"),
      Infotext.Field("Sampler", Infotext.sampler(sampling.scheduler)),
      Infotext.Field("CFG scale", NumberText.exact(sampling.guidanceScale)),
      Infotext.Field("Seed", "\(request.seed)"),
      Infotext.Field("Size", "\(sampling.width)x\(sampling.height)"),
      Infotext.Field("Model hash", String(recipe.model.fingerprint.prefix(10))),
      Infotext.Field("Model", modelName),
    ]
    if let original = sampling.originalSize {
      fields.append(Infotext.Field("Original size", "\(original.width)x\(original.height)"))
    }
    if let crop = sampling.crop { fields.append(Infotext.Field("Crop", "\(crop.left),\(crop.top)")) }
    if sampling.precision != .fp32 {
      fields.append(Infotext.Field("Precision", sampling.precision.rawValue))
    }
    if let merging = recipe.merging { fields += Self.fields(merging) }
    fields.append(Infotext.Field("Version", "tome-eval \(version)"))
    return Infotext(prompt: request.prompt, negativePrompt: sampling.negativePrompt, fields: fields)
  }

  /// The ratio as the web UI names it, and whatever differs from plain tomesd in the same manner.
  private static func fields(_ merging: MergingOptions) -> [Infotext.Field] {
    let plain = MergingOptions(ratio: merging.ratio)
    func field(_ name: String, _ path: KeyPath<MergingOptions, some Equatable>) -> [Infotext.Field] {
      merging[keyPath: path] == plain[keyPath: path]
        ? [] : [Infotext.Field("Token merging \(name)", "\(merging[keyPath: path])")]
    }
    return [Infotext.Field("Token merging ratio", NumberText.exact(merging.ratio))]
      + field("variant", \.variant) + field("sx", \.sx) + field("sy", \.sy)
      + field("max downsample", \.maxDownsample) + field("random", \.useRand)
      + field("attention", \.mergeAttn) + field("cross-attention", \.mergeCrossattn)
      + field("MLP", \.mergeMlp)
  }
}
