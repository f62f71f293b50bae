/// What diffusers and transformers call the files of a part's weights, in the order in which they are looked for.
enum WeightsName {
  private static let bases = ["diffusion_pytorch_model", "model"]
  /// Without a variant first.
  private static let variants = ["fp16", "bf16", "non_ema"]

  /// - Parameter variant: the only one that will do; nil for any
  static func candidates(variant: String?) -> [String] {
    bases.flatMap { base in
      let plain = ["\(base).safetensors", "\(base).safetensors.index.json"]
      return (variant == nil ? plain : [])
        + (variant.map { [$0] } ?? variants).flatMap { variant in
          [
            "\(base).\(variant).safetensors", "\(base).safetensors.index.\(variant).json",
            "\(base).\(variant).safetensors.index.json",
          ]
        }
    }
  }

  /// The same in the form that runs code when it is loaded.
  static func pickled(variant: String?) -> [String] {
    ["diffusion_pytorch_model", "pytorch_model"].flatMap { base in
      [variant.map { ".\($0)" } ?? ""].flatMap { ["\(base)\($0).bin", "\(base)\($0).bin.index.json"] }
    }
  }

  /// Whether a name is that of an index of several files.
  static func isIndex(_ name: String) -> Bool { name.hasSuffix(".json") && name.contains(".index.") }

  /// The variant that a name tells, as in `fp16`; nil for none.
  static func variant(of name: String) -> String? {
    name.split(separator: ".").dropFirst().first { !["safetensors", "index", "json"].contains($0) }
      .map(String.init)
  }

  /// The one that a folder has.
  /// - Throws: ``CheckpointError`` saying what is there instead.
  static func chosen(in files: some ModelFiles) throws(CheckpointError) -> String {
    let candidates = candidates(variant: files.variant)
    if let name = candidates.first(where: files.has) { return name }
    if let pickle = pickled(variant: files.variant).first(where: files.has) {
      throw MistakenFile.pickle.error(path: files.path(of: pickle))
    }
    let others = files.variant == nil ? [] : Self.candidates(variant: nil).filter(files.has)
    guard let other = others.first, let base = bases.first(where: other.hasPrefix) else {
      throw .missingFile(
        path: files.path(of: candidates[0]), hint: "looked for \(candidates.joined(separator: ", "))")
    }
    throw .missingFile(
      path: files.path(of: candidates.first { $0.hasPrefix(base) } ?? candidates[0]),
      hint: "there is \(others.joined(separator: ", ")); leave out the variant to take it")
  }
}
