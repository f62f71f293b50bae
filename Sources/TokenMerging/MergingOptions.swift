/// The arguments of `tomesd.apply_patch` (tomesd 0.1.3), with its names and defaults, and whose rule merges.
public struct MergingOptions: Sendable, Hashable {
  /// Share of the tokens to merge away, 0…1.
  public var ratio: Double
  /// Blocks whose tokens are downsampled by more than this factor are left alone: 1, 2, 4 or 8.
  public var maxDownsample: Int
  /// Width of the cell that holds one destination token, in tokens.
  public var sx: Int
  /// Height of the cell that holds one destination token, in tokens.
  public var sy: Int
  /// Whether destinations are drawn at random within their cell.
  public var useRand: Bool
  /// Whether self-attention sees merged tokens.
  public var mergeAttn: Bool
  /// Whether cross-attention sees merged tokens.
  public var mergeCrossattn: Bool
  /// Whether the MLP sees merged tokens.
  public var mergeMlp: Bool
  /// The part of the way from noise to picture on which tokens are merged; all of it for tomesd.
  public var steps: StepRange
  /// Whose rule merges.
  public var variant: MergeVariant

  /// The defaults are those of `tomesd.apply_patch`.
  public init(
    ratio: Double = 0.5, maxDownsample: Int = 1, sx: Int = 2, sy: Int = 2, useRand: Bool = true,
    mergeAttn: Bool = true, mergeCrossattn: Bool = false, mergeMlp: Bool = false,
    steps: StepRange = .all, variant: MergeVariant = .tomesd
  ) {
    self.ratio = ratio
    self.maxDownsample = maxDownsample
    self.sx = sx
    self.sy = sy
    self.useRand = useRand
    self.mergeAttn = mergeAttn
    self.mergeCrossattn = mergeCrossattn
    self.mergeMlp = mergeMlp
    self.steps = steps
    self.variant = variant
  }

  /// These options as the variant uses them: some of its arguments are fixed.
  public var inForce: MergingOptions { variant.inForce(self) }

  /// Checks every argument.
  /// - Throws: ``MergingError`` naming the argument that is out of its range.
  public func validate() throws(MergingError) {
    guard ratio >= 0, ratio <= 1 else {
      throw .outOfRange(argument: "ratio", value: "\(ratio)", allowed: "0 to 1")
    }
    guard variant != .todo || ratio < 1 else {
      throw .outOfRange(argument: "ratio", value: "\(ratio)", allowed: "0 to less than 1 for todo")
    }
    guard Self.maxDownsamples.contains(maxDownsample) else {
      throw .outOfRange(argument: "max_downsample", value: "\(maxDownsample)", allowed: "1, 2, 4 or 8")
    }
    for (argument, extent) in [("sx", sx), ("sy", sy)] where !(1...Self.largestCell).contains(extent) {
      throw .outOfRange(argument: argument, value: "\(extent)", allowed: "1 to \(Self.largestCell)")
    }
  }

  /// What ``maxDownsample`` can be.
  package static let maxDownsamples = [1, 2, 4, 8]

  /// No grid is so wide or high.
  private static let largestCell = 1 << 15
}

/// Plain tomesd is written without naming it, as before there were others: what is keyed
/// by these options keeps its key.
extension MergingOptions: Codable {
  private enum CodingKeys: String, CodingKey {
    case ratio, maxDownsample, sx, sy, useRand, mergeAttn, mergeCrossattn, mergeMlp, steps, variant
  }

  /// - Throws: `DecodingError`; ranges are not checked, see ``validate()``
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      ratio: container.decode(Double.self, forKey: .ratio),
      maxDownsample: container.decode(Int.self, forKey: .maxDownsample),
      sx: container.decode(Int.self, forKey: .sx), sy: container.decode(Int.self, forKey: .sy),
      useRand: container.decode(Bool.self, forKey: .useRand),
      mergeAttn: container.decode(Bool.self, forKey: .mergeAttn),
      mergeCrossattn: container.decode(Bool.self, forKey: .mergeCrossattn),
      mergeMlp: container.decode(Bool.self, forKey: .mergeMlp),
      steps: container.decodeIfPresent(StepRange.self, forKey: .steps) ?? .all,
      variant: container.decodeIfPresent(MergeVariant.self, forKey: .variant) ?? .tomesd)
  }

  /// Leaves out ``steps`` and ``variant`` where they are tomesd's.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(ratio, forKey: .ratio)
    try container.encode(maxDownsample, forKey: .maxDownsample)
    try container.encode(sx, forKey: .sx)
    try container.encode(sy, forKey: .sy)
    try container.encode(useRand, forKey: .useRand)
    try container.encode(mergeAttn, forKey: .mergeAttn)
    try container.encode(mergeCrossattn, forKey: .mergeCrossattn)
    try container.encode(mergeMlp, forKey: .mergeMlp)
    if steps != .all { try container.encode(steps, forKey: .steps) }
    if variant != .tomesd { try container.encode(variant, forKey: .variant) }
  }
}

/// An argument of token merging that is out of its range.
public enum MergingError: Error, Equatable, CustomStringConvertible {
  /// The argument as tomesd calls it, its value, and what it can be.
  case outOfRange(argument: String, value: String, allowed: String)

  /// One sentence for people.
  public var description: String {
    switch self {
    case .outOfRange(let argument, let value, let allowed):
      "token merging: \(argument) is \(value), allowed is \(allowed)"
    }
  }
}
