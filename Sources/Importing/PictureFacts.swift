public import Pictures
public import TokenMerging

/// What is said of the making of a picture from elsewhere; what its source leaves out is nil.
public struct PictureFacts: Hashable, Sendable {
  public var prompt: String?
  public var negativePrompt: String?
  public var seed: Seed?
  public var steps: Int?
  public var guidanceScale: Double?
  /// In pixels, as the source says; the picture itself knows better.
  public var size: PictureSize?
  public var scheduler: SchedulerName?
  public var precision: PrecisionName?
  /// As diffusers counts the layers that are left out.
  public var clipSkip: Int?
  public var modelName: String?
  /// Whatever tells checkpoints apart: the web UI's short hash, a whole digest.
  public var modelHash: String?
  /// What else changes pictures, by the names of its source, as in `ENSD`.
  public var settings: [String: String] = [:]
  /// 0 where the source says that nothing was merged.
  public var ratio: Double?
  /// How it was merged, apart from the ratio.
  public var merging: MergingOptions?
  /// A second pass over the picture; what merges there, where that is another ratio than the first pass has.
  public var hires: Hires?
  public var hiresRatio: Double?
  /// What it took to make the picture.
  public var seconds: Double?
  /// The prompt's number, where it has one.
  public var row: Int?
  public var category: String?
  public var challenge: String?
  /// What made it, and its version.
  public var engine: EngineIdentity?

  public init() {}

  /// A second pass as far as it is said: how large it makes the picture, the picture shows.
  public struct Hires: Hashable, Sendable {
    /// How much longer the sides become; nil where only their lengths are said.
    public var scale: Double?
    /// Nil for as many as the first pass has.
    public var steps: Int?
    public var strength: Double
    public var upscaler: UpscalerName

    public init(scale: Double? = nil, steps: Int? = nil, strength: Double, upscaler: UpscalerName) {
      self.scale = scale
      self.steps = steps
      self.strength = strength
      self.upscaler = upscaler
    }
  }

  /// Takes what is not known yet from another source.
  mutating func fill(from other: PictureFacts) {
    func take<Value>(_ path: WritableKeyPath<PictureFacts, Value?>) {
      if self[keyPath: path] == nil { self[keyPath: path] = other[keyPath: path] }
    }
    take(\.prompt)
    take(\.negativePrompt)
    take(\.seed)
    take(\.steps)
    take(\.guidanceScale)
    take(\.size)
    take(\.scheduler)
    take(\.precision)
    take(\.clipSkip)
    take(\.modelName)
    take(\.modelHash)
    take(\.ratio)
    take(\.merging)
    take(\.hires)
    take(\.hiresRatio)
    take(\.seconds)
    take(\.row)
    take(\.category)
    take(\.challenge)
    take(\.engine)
    settings.merge(other.settings) { own, _ in own }
  }

  /// What another source says otherwise: those of its facts that decide where a picture belongs.
  func contradictions(with other: PictureFacts) -> [String] {
    func differing(_ name: String, _ own: (some Equatable)?, _ theirs: (some Equatable)?) -> String? {
      guard let own, let theirs, "\(own)" != "\(theirs)" else { return nil }
      return "\(name) \(own), not \(theirs)"
    }
    return [
      differing("seed", seed, other.seed), differing("ratio", ratio, other.ratio),
      differing("steps", steps, other.steps), differing("guidance_scale", guidanceScale, other.guidanceScale),
    ].compactMap(\.self)
  }
}

/// Width and height in pixels.
public struct PictureSize: Hashable, Sendable, CustomStringConvertible {
  public let width: Int
  public let height: Int

  public init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  /// - Parameter text: as in `512x768`
  init?(_ text: String) {
    let sides = text.split(separator: "x").map { Int($0) }
    guard sides.count == 2, let width = sides[0], let height = sides[1], width > 0, height > 0 else {
      return nil
    }
    self.init(width: width, height: height)
  }

  public var description: String { "\(width)x\(height)" }
}
