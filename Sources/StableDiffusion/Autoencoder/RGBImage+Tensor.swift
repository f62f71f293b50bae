import Images
import Tensors

extension RGBImage {
  /// The 8-bit picture of a decoded tensor: -1...1 becomes 0...255, rounded half to
  /// even as numpy rounds.
  ///
  /// - Parameter decoded: `[1, height, width, 3]`
  init(decoded: Tensor) {
    let shape = decoded.shape
    precondition(
      shape.rank == 4 && shape[0] == 1 && shape[3] == 3,
      "a picture of \(shape), expected [1, height, width, 3]")
    let pixels = decoded.withUnsafeBuffer { values in
      values.map { value in
        // Not a number becomes black rather than a trap.
        guard !value.isNaN else { return UInt8(0) }
        return UInt8((max(0, min(1, value * 0.5 + 0.5)) * 255).rounded(.toNearestOrEven))
      }
    }
    self.init(width: shape[2], height: shape[1], pixels: pixels)
  }

  /// What an encoder is given: 0...255 becomes -1...1, as diffusers' `VaeImageProcessor.preprocess` computes it in
  /// single precision. `[1, height, width, 3]`
  var encoderInput: Tensor {
    Tensor(pixels.map { Float($0) / 255 * 2 - 1 }, shape: [1, height, width, 3])
  }
}
