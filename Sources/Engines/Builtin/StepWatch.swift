import Foundation
import Images
import ResultStore
import StableDiffusion
import Tensors

/// Keeps what a picture's steps show of its making, where somebody wants it.
struct StepWatch {
  private let wish: ExplanationWish?
  private var seen = Explanation()

  init(_ wish: ExplanationWish?) { self.wish = wish }

  /// Nil where nobody wants it.
  var explanation: Explanation? { wish == nil ? nil : seen }

  /// - Throws: ``EngineError/noSuchStep(_:of:)``
  func check(steps: Int) throws(EngineError) {
    guard case .listed(let listed) = wish?.maps else { return }
    if let beyond = listed.first(where: { $0 > steps }) { throw .noSuchStep(beyond, of: steps) }
  }

  func tapped(_ steps: DenoisingSequence) -> DenoisingSequence {
    guard let wish else { return steps }
    var steps = steps
    steps.taps = DenoisingTaps(
      maps: wish.maps.indices(of: steps.mergingSteps ?? 0..<0),
      originals: wish.previews.indices(of: 0..<steps.stepCount))
    return steps
  }

  /// - Parameters:
  ///   - pass: 1, or 2 for the second
  ///   - count: evaluations of the pass
  mutating func note(
    _ step: DenoisingSequence.Step, pass: Int, of count: Int, decode: (Tensor) throws -> RGBImage
  ) throws {
    guard wish != nil else { return }
    let moment = Explanation.Moment(pass: pass, step: step.index + 1, steps: count)
    seen.maps += step.maps.map { Explanation.BlockMap(moment, $0) }
    guard let original = step.original else { return }
    let small = Self.small(try decode(original))
    seen.previews.append(Explanation.Preview(moment, png: Data(try PNGCodec.encode(small))))
  }

  private static func small(_ picture: RGBImage) -> RGBImage {
    let longest = max(picture.width, picture.height)
    guard longest > ExplanationWish.previewSide else { return picture }
    func side(_ side: Int) -> Int { max(1, (side * ExplanationWish.previewSide + longest / 2) / longest) }
    return picture.resized(toWidth: side(picture.width), height: side(picture.height), filter: .lanczos)
  }
}
