/// Finds places for the labels of points so that they cover neither each other nor the points.
struct ChartLabels {
  private struct Box {
    let left: Double
    let right: Double
    let top: Double
    let bottom: Double

    func overlaps(_ other: Box) -> Bool {
      left < other.right && other.left < right && top < other.bottom && other.top < bottom
    }
  }

  /// As large as on a phone, where the text is half as large again.
  private static let (letter, height) = (11.0, 20.0)

  private var taken: [Box]
  private let right: Double

  /// - Parameters:
  ///   - points: Centres of marks.
  ///   - right: Where the drawing ends.
  init(avoiding points: [(x: Double, y: Double)], right: Double) {
    taken = points.map { Box(left: $0.x - 6, right: $0.x + 6, top: $0.y - 6, bottom: $0.y + 6) }
    self.right = right
  }

  /// The baseline's start or end, and which of them.
  mutating func place(
    _ text: String, at point: (x: Double, y: Double)
  ) -> (x: Double, y: Double, anchor: String) {
    let width = Double(text.count) * Self.letter
    let candidates: [(x: Double, y: Double, anchor: String)] = [
      (point.x + 9, point.y - 9, "start"), (point.x + 9, point.y + 21, "start"),
      (point.x - 9, point.y - 9, "end"), (point.x - 9, point.y + 21, "end"),
      (point.x + 9, point.y - 30, "start"), (point.x - 9, point.y - 30, "end"),
      (point.x + 9, point.y + 42, "start"), (point.x - 9, point.y + 42, "end"),
    ]
    func box(_ candidate: (x: Double, y: Double, anchor: String)) -> Box {
      let left = candidate.anchor == "start" ? candidate.x : candidate.x - width
      return Box(left: left, right: left + width, top: candidate.y - Self.height + 4, bottom: candidate.y + 4)
    }
    func cost(_ candidate: (x: Double, y: Double, anchor: String)) -> Int {
      let own = box(candidate)
      return taken.count { $0.overlaps(own) } + (own.right > right || own.left < 0 || own.top < 0 ? 2 : 0)
    }
    let best = candidates.enumerated().min { (cost($0.element), $0.offset) < (cost($1.element), $1.offset) }
    let chosen = best?.element ?? candidates[0]
    taken.append(box(chosen))
    return chosen
  }
}
