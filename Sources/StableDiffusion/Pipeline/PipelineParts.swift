import Checkpoints

/// What a `model_index.json` says of a pipeline's parts, `"vae": ["diffusers", "AutoencoderKL"]`, against what exists
/// here.
extension PipelineClass {
  /// A part, and the classes that it may be of.
  private struct Part {
    let name: String
    let library: String
    let classes: [String]
  }

  /// Those that make pictures.
  private var parts: [Part] {
    let (diffusers, transformers) = ("diffusers", "transformers")
    let tokenizers = ["CLIPTokenizer", "CLIPTokenizerFast"]
    let second =
      self == .stableDiffusionXL
      ? [
        Part(name: "text_encoder_2", library: transformers, classes: ["CLIPTextModelWithProjection"]),
        Part(name: "tokenizer_2", library: transformers, classes: tokenizers),
      ] : []
    return [
      Part(
        name: "scheduler", library: diffusers, classes: SchedulerConfiguration.Class.allCases.map(\.rawValue)),
      Part(name: "text_encoder", library: transformers, classes: ["CLIPTextModel"]),
      Part(name: "tokenizer", library: transformers, classes: tokenizers),
      Part(name: "unet", library: diffusers, classes: ["UNet2DConditionModel"]),
      Part(name: "vae", library: diffusers, classes: AutoencoderClass.allCases.map(\.rawValue)),
    ] + second
  }

  /// Parts that judge pictures when they are made, or take in others, and what the pipeline says about them: none of it
  /// is done here. The last field is read where it matters, in SDXL.
  private static let withoutEffect: Set = [
    "feature_extractor", "image_encoder", "requires_safety_checker", "safety_checker",
    "force_zeros_for_empty_prompt",
  ]

  /// Fails when a part is of another kind than those here, or when there is one, or another field, that is not known.
  /// - Parameters:
  ///   - index: `model_index.json`
  ///   - files: the pipeline's folder
  func requireKnown(
    _ index: ConfigurationFields, _ files: any ModelFiles
  ) throws(CheckpointError) {
    let parts = parts
    for part in parts where index.states(part.name) {
      guard let found = try Self.part(part.name, of: index) else {
        throw index.error(part.name, "is left out; \(rawValue) has \(Self.words(part.library, part.classes))")
      }
      guard found.library == part.library, part.classes.contains(found.name) else {
        throw index.error(
          part.name,
          "is \(Self.words(found.library, [found.name])); supported is \(Self.words(part.library, part.classes))"
        )
      }
    }
    for name in try Self.namesOfParts(files) where !Self.withoutEffect.contains(name) {
      guard !parts.contains(where: { $0.name == name }), let found = try Self.part(name, of: index) else {
        continue
      }
      throw index.error(
        name,
        "is \(Self.words(found.library, [found.name])); \(rawValue) has no such part, only "
          + parts.map(\.name).joined(separator: ", "))
    }
    try index.requireAllKnown(withoutEffect: Self.withoutEffect)
    try requireOneScheduler(index, files)
  }

  /// Of the fields that say what a part is, in their order: lists, as no other field is.
  private static func namesOfParts(_ files: any ModelFiles) throws(CheckpointError) -> [String] {
    try files.decode([String: JSONValue].self, from: file).filter {
      if case .array = $0.value { true } else { false }
    }.keys.sorted()
  }

  /// diffusers takes the index's class, whatever the scheduler's own file says.
  private func requireOneScheduler(
    _ index: ConfigurationFields, _ files: any ModelFiles
  ) throws(CheckpointError) {
    let (part, file) = ("scheduler", "scheduler_config.json")
    guard files.has("\(part)/\(file)"), let indexed = try Self.part(part, of: index) else { return }
    let own = try files.component(part).fields(of: file).text("_class_name")
    guard own == nil || own == indexed.name else {
      throw index.error(
        part,
        "is \(indexed.name), and \(own ?? "none") in \(part)/\(file); diffusers goes by the first: name it in both"
      )
    }
  }

  /// Nil where the part is left out.
  private static func part(
    _ name: String, of index: ConfigurationFields
  ) throws(CheckpointError) -> (library: String, name: String)? {
    let value = index.value(name)
    guard let value, value != .array([.null, .null]) else { return nil }
    guard case .array(let words) = value, words.count == 2, let library = words[0].text,
      let found = words[1].text
    else { throw index.error(name, "is \(value), expected the name of a library and that of a class") }
    return (library, found)
  }

  private static func words(_ library: String, _ classes: [String]) -> String {
    "\(classes.joined(separator: " or ")) of \(library)"
  }
}
