import Metrics
import ResultStore
import Wording

/// How similar the tokens were that were merged in a picture, against what the picture lost: a dot for every picture
/// that was looked into, in a chart 560 × 340.
struct SimilarityChart: Sendable {
  struct Dot: Sendable {
    let dotX: String
    let dotY: String
    /// Where the square begins by which it can be hit.
    let dotLeft: String
    let dotTop: String
    /// Opens the picture.
    let dotAddress: String
    /// What it says, in words.
    let dotWords: String
  }

  let dots: [Dot]
  let similarityTicks: [ChartTick]
  let lossTicks: [ChartTick]
  /// How many pictures, and what is common to them.
  let dotCount: String
  /// What the chart shows, in words.
  let alternative: String

  /// With fewer there is nothing to see.
  static let fewest = 5
  private static let plot = (left: 62.0, right: 540.0, top: 16.0, bottom: 284.0)

  /// Nil for fewer than ``fewest`` pictures with both numbers.
  init?(_ pictures: [ExplainedPictures.Merged]) {
    let measured = pictures.compactMap { picture in
      picture.similarity.flatMap { similarity in
        picture.loss.map { (picture: picture, similarity: similarity, loss: $0) }
      }
    }.sorted { ($0.similarity, $0.loss) < ($1.similarity, $1.loss) }
    guard measured.count >= Self.fewest, let least = measured.first, let most = measured.last else {
      return nil
    }
    let similarities = ChartScale(
      covering: measured.map(\.similarity), from: Self.plot.left, to: Self.plot.right)
    // A picture that lost nothing is on the ground.
    let losses = ChartScale(
      covering: [0] + measured.map(\.loss), from: Self.plot.bottom, to: Self.plot.top)
    dots = measured.map { picture, similarity, loss in
      let (x, y) = (similarities.position(similarity), losses.position(loss))
      return Dot(
        dotX: svg(x), dotY: svg(y), dotLeft: svg(x - 12), dotTop: svg(y - 12), dotAddress: picture.address,
        dotWords: "\(picture.variant.heading), seed \(picture.seed): mean similarity \(Self.text(similarity))"
          + ", 1 − SSIM \(Self.loss(loss)): \(picture.prompt.text)")
    }
    similarityTicks = similarities.ticks.map {
      ChartTick(
        position: svg(similarities.position($0)),
        text: NumberText.fixed($0, similarities.decimals, minus: .typographic))
    }
    lossTicks = losses.ticks.map {
      ChartTick(position: svg(losses.position($0)), text: NumberText.fixed($0, losses.decimals))
    }
    dotCount = NumberText.count(measured.count, "picture")
    alternative =
      "\(dotCount), from the least similar pairs to the most: mean similarity \(Self.text(least.similarity)), "
      + "1 − SSIM \(Self.loss(least.loss)), to mean similarity \(Self.text(most.similarity)), "
      + "1 − SSIM \(Self.loss(most.loss))."
  }

  private static func text(_ similarity: Double) -> String {
    NumberText.fixed(similarity, 3, minus: .typographic)
  }

  private static func loss(_ loss: Double) -> String { NumberText.fixed(loss, Metric.ssim.decimals) }
}
