/// The schedulers a user can ask for in place of the checkpoint's own: a method, and for some a spacing of their noise
/// levels, as in `dpmsolver++-karras`.
public struct SchedulerKind: RawRepresentable, Hashable, Sendable, Codable, CaseIterable {
  /// The way from noise to a picture.
  public let method: SamplingMethod
  /// Nil where no spacing is named.
  public let spacing: SigmaSpacing?

  /// Nil where the method has no such spacing.
  public init?(_ method: SamplingMethod, _ spacing: SigmaSpacing?) {
    guard spacing == nil || method.takesSigmaSpacing else { return nil }
    self.method = method
    self.spacing = spacing
  }

  private init(_ method: SamplingMethod) {
    self.method = method
    spacing = nil
  }

  /// As `--scheduler` takes it: the method, and the spacing where one is named.
  public var rawValue: String { method.rawValue + (spacing.map { "-\($0.rawValue)" } ?? "") }

  /// Nil for a name that is none of these; see ``init(named:)`` for the web UI's.
  public init?(rawValue: String) {
    guard let kind = Self.byName[rawValue] else { return nil }
    self = kind
  }

  /// The methods without a named spacing first.
  public static let allCases: [SchedulerKind] =
    SamplingMethod.allCases.map(SchedulerKind.init)
    + SamplingMethod.allCases.flatMap { method in
      SigmaSpacing.allCases.compactMap { SchedulerKind(method, $0) }
    }

  private static let byName = Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue, $0) })

  /// DDIM, without a named spacing; likewise those that follow. Others are `SchedulerKind(.unipc, .karras)`.
  public static let ddim = SchedulerKind(.ddim)
  public static let pndm = SchedulerKind(.pndm)
  public static let euler = SchedulerKind(.euler)
  public static let eulerAncestral = SchedulerKind(.eulerAncestral)
  public static let dpmSolver = SchedulerKind(.dpmSolver)
}
