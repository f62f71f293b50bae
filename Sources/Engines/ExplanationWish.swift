/// What is to be kept of a picture's making beside the picture, see `Explanation`.
public struct ExplanationWish: Sendable, Hashable {
  /// Some of a pass's evaluations of the model.
  public enum Steps: Sendable, Hashable {
    /// So many, from the first to the last in even distances; a single one is the last.
    case evenly(Int)
    /// These, counted from 1, as far as a pass has them.
    case listed([Int])

    /// Those of `range`, which is counted from 0.
    package func indices(of range: Range<Int>) -> Set<Int> {
      guard let last = range.last else { return [] }
      switch self {
      case .listed(let steps): return Set(steps.map { $0 - 1 }.filter(range.contains))
      case .evenly(let count):
        let gaps = count - 1
        guard gaps > 0 else { return [last] }
        return Set((0..<count).map { range.lowerBound + ($0 * (range.count - 1) + gaps / 2) / gaps })
      }
    }
  }

  /// When it is kept where every block's tokens went. Steps in even distances are of those that merge.
  public var maps: Steps
  /// When the picture is kept as the model predicts it.
  public var previews: Steps

  public init(maps: Steps = .evenly(3), previews: Steps = .evenly(6)) {
    self.maps = maps
    self.previews = previews
  }

  /// Pixels of a preview's longer side, at most.
  package static let previewSide = 128
}
