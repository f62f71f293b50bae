public import Pictures
import SamplerNames
public import TokenMerging

/// One way of sampling and merging, apart from the ratio: a corner of a sweep's grid.
public struct SweepPoint: Sendable, Hashable {
  public var merging: MergingOptions
  public var steps: Int
  public var scheduler: SchedulerName
  /// See `Sampling.clipSkip`.
  public var clipSkip: Int?
  /// The ratio of the second pass; nil for that of the first.
  public var hiresRatio: Double?

  public init(
    merging: MergingOptions, steps: Int, scheduler: SchedulerName, clipSkip: Int? = nil,
    hiresRatio: Double? = nil
  ) {
    self.hiresRatio = hiresRatio
    self.merging = merging
    self.steps = steps
    self.scheduler = scheduler
    self.clipSkip = clipSkip
  }
}

/// A setting that a sweep varies beside the ratio, and the values it takes; written
/// `max-downsample=1,2`.
public struct SweepAxis: Sendable {
  public enum Name: String, Sendable, CaseIterable {
    case mergeVariant = "merge-variant"
    case sx, sy
    case maxDownsample = "max-downsample"
    case noRand = "no-rand"
    case mergeAttn = "merge-attn"
    case mergeCrossattn = "merge-crossattn"
    case mergeMlp = "merge-mlp"
    case mergeSteps = "merge-steps"
    case steps, scheduler
    case clipSkip = "clip-skip"
    case hiresRatio = "hires-ratio"

    /// The values that it takes, for people.
    public var allowed: String {
      switch self {
      case .mergeVariant: MergeVariant.allCases.map(\.rawValue).joined(separator: ", ")
      case .sx, .sy, .steps: "1 or more"
      case .maxDownsample: "1, 2, 4 or 8"
      case .mergeSteps: "parts of the steps, as in 0-60%"
      case .scheduler: SchedulerKind.summary
      case .clipSkip: "0 or more"
      case .hiresRatio: "same, or ratios from 0 to 1"
      case .noRand, .mergeAttn, .mergeCrossattn, .mergeMlp: "yes or no"
      }
    }
  }

  public let name: Name
  /// Each a value that the axis takes.
  private let values: [String]

  /// - Parameter text: as in `steps=10,20`
  /// - Throws: ``EvaluationError`` naming the axes there are, or the axis' values.
  public init(_ text: String) throws(EvaluationError) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(Self.trimmed)
    guard let name = Name(rawValue: parts[0]) else { throw .unknownAxis(parts[0]) }
    let values = (parts.count == 2 ? parts[1] : "").split(separator: ",", omittingEmptySubsequences: false)
      .map(Self.trimmed)
    if name == .scheduler {
      for value in values {
        do throws(SchedulerNameError) {
          _ = try SchedulerKind(named: value)
        } catch {
          throw .badScheduler(error)
        }
      }
    }
    var point = SweepPoint(merging: MergingOptions(), steps: 1, scheduler: .checkpoint)
    if let wrong = values.first(where: { !name.set($0, in: &point) }) {
      throw .badAxisValue(name, value: wrong)
    }
    self.name = name
    self.values = values
  }

  /// The points that one point becomes, in the order of the values.
  private func points(from point: SweepPoint) -> [SweepPoint] {
    values.map { value in
      var changed = point
      _ = name.set(value, in: &changed)
      return changed
    }
  }

  /// All combinations of the axes' values, each once.
  /// - Throws: ``EvaluationError/repeatedAxis(_:)``
  static func product(_ axes: [SweepAxis], from point: SweepPoint) throws(EvaluationError) -> [SweepPoint] {
    var points = [point]
    var seen: Set<Name> = []
    for axis in axes {
      guard seen.insert(axis.name).inserted else { throw .repeatedAxis(axis.name) }
      points = points.flatMap(axis.points(from:))
    }
    return points
  }

  private static func trimmed(_ text: Substring) -> String {
    String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }
}

extension SweepAxis.Name {
  /// Gives a point a value of this axis.
  /// - Returns: false, and leaves the point alone, when it is none of the axis' values.
  fileprivate func set(_ value: String, in point: inout SweepPoint) -> Bool {
    switch self {
    case .mergeVariant: assign(MergeVariant(rawValue: value), to: &point.merging.variant)
    case .sx: assign(count(value), to: &point.merging.sx)
    case .sy: assign(count(value), to: &point.merging.sy)
    case .maxDownsample:
      assign(
        count(value).flatMap { MergingOptions.maxDownsamples.contains($0) ? $0 : nil },
        to: &point.merging.maxDownsample)
    case .noRand: assign(flag(value).map { !$0 }, to: &point.merging.useRand)
    case .mergeAttn: assign(flag(value), to: &point.merging.mergeAttn)
    case .mergeCrossattn: assign(flag(value), to: &point.merging.mergeCrossattn)
    case .mergeMlp: assign(flag(value), to: &point.merging.mergeMlp)
    case .mergeSteps: assign(StepRange(value), to: &point.merging.steps)
    case .steps: assign(count(value), to: &point.steps)
    case .scheduler:
      assign(
        (try? SchedulerKind(named: value)).map { SchedulerName(rawValue: $0.rawValue) }, to: &point.scheduler)
    case .clipSkip:
      assign(Int(value).flatMap { $0 >= 0 ? .some($0 == 0 ? nil : $0) : nil }, to: &point.clipSkip)
    case .hiresRatio:
      assign(
        value == "same" ? .some(nil) : Double(value).flatMap { (0...1).contains($0) ? .some($0) : nil },
        to: &point.hiresRatio)
    }
  }

  private func assign<Value>(_ value: Value?, to place: inout Value) -> Bool {
    guard let value else { return false }
    place = value
    return true
  }

  private func count(_ value: String) -> Int? { Int(value).flatMap { $0 >= 1 ? $0 : nil } }

  private func flag(_ value: String) -> Bool? {
    ["yes": true, "true": true, "no": false, "false": false][value]
  }
}
