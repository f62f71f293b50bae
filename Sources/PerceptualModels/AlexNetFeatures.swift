import Checkpoints
import Layers
import Tensors

/// The convolutional part of AlexNet (Krizhevsky 2014, "One weird trick for parallelizing convolutional neural
/// networks") as torchvision has it, up to the last of its five rectified maps.
struct AlexNetFeatures: Sendable {
  /// Channels of the five maps.
  static let channels = [64, 192, 384, 256, 256]
  /// Sides below this leave nothing for the second pooling.
  static let minimumSide = 31

  private let convolutions: [Convolution]

  /// - Parameter weights: torchvision's `features`, whose convolutions have the numbers 0, 3, 6, 8 and 10.
  init(_ weights: Weights) throws(CheckpointError) {
    let channels = Self.channels
    convolutions = [
      try Convolution(weights[0], 3, channels[0], kernel: 11, stride: 4, padding: 2),
      try Convolution(weights[3], channels[0], channels[1], kernel: 5, padding: 2),
      try Convolution(weights[6], channels[1], channels[2]),
      try Convolution(weights[8], channels[2], channels[3]),
      try Convolution(weights[10], channels[3], channels[4]),
    ]
  }

  /// - Parameter x: `[1, height, width, 3]`, sides of at least ``minimumSide``
  /// - Returns: the five maps after their ReLU, `[1, height', width', channels]`
  func callAsFunction(_ x: Tensor) -> [Tensor] {
    var hidden = x
    return convolutions.enumerated().map { index, convolution in
      // The first two maps are pooled on their way to the next convolution.
      let input = index == 1 || index == 2 ? hidden.maxPooled(kernel: 3, stride: 2) : hidden
      hidden = convolution(input).relu()
      return hidden
    }
  }
}
