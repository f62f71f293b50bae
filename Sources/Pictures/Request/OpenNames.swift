/// A name out of a set that is never complete: those that this program knows are constants of the type, an engine
/// or an imported picture may bring others.
public protocol OpenName: RawRepresentable<String>, Hashable, Sendable, Codable, ExpressibleByStringLiteral,
  CustomStringConvertible
{
  init(rawValue: String)
}

extension OpenName {
  public init(stringLiteral value: String) { self.init(rawValue: value) }
  public var description: String { rawValue }
}

/// A sampling method, as `--scheduler` names it.
public struct SchedulerName: OpenName {
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }

  /// The checkpoint's own, where it is none that can be asked for by name.
  public static let checkpoint: SchedulerName = "checkpoint"
  /// Of a picture that was made elsewhere and does not say.
  public static let unknown: SchedulerName = "unknown"
}

/// How attention is computed, as `--attention` names it.
public struct AttentionName: OpenName {
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }

  /// Of a picture that was made elsewhere.
  public static let unknown: AttentionName = "unknown"
}

/// What brackets and words of command in prompts mean, as `--prompt-syntax` names it.
public struct PromptSyntaxName: OpenName {
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }

  /// Nothing.
  public static let plain: PromptSyntaxName = "plain"
}

/// What a UNet computes in, as `--precision` names it.
public struct PrecisionName: OpenName {
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }

  public static let fp32: PrecisionName = "fp32"
  /// Of a picture that was made elsewhere and does not say.
  public static let unknown: PrecisionName = "unknown"
}
