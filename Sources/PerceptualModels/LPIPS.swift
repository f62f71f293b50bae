public import Checkpoints
public import Images
public import Tensors

/// Learned perceptual image patch similarity (Zhang et al. 2018, "The unreasonable effectiveness of deep features
/// as a perceptual metric"), version 0.1 with AlexNet, as `lpips.LPIPS(net="alex")` of the PyPI package gives it.
///
/// Both pictures go through AlexNet; at each of its five maps the features of every position are divided by their
/// length, the squared differences weighted by a linear head, and the mean over positions taken; the five are
/// summed. 0 for equal pictures, larger for what looks more different.
public struct LPIPS: Sendable {
  /// Pictures with a smaller side have no distance: AlexNet's maps would be empty.
  public static let minimumSide = AlexNetFeatures.minimumSide

  private let files: LoadedFiles
  private let features: AlexNetFeatures
  /// `[channels]` for every map.
  private let heads: [Tensor]

  /// Loads a folder with `alexnet.safetensors` (torchvision's `features.0.weight`, …; the classifier is not used)
  /// and `lin.safetensors` or `lpips_alex.safetensors` (`lin0.model.1.weight`, … of the `lpips` package).
  /// - Throws: ``CheckpointError`` naming the file, the tensor, and the shape expected and found.
  public init(_ files: any ModelFiles) throws(CheckpointError) {
    let files = LoadedFiles(files)
    self.files = files
    let backbone = try Self.weights(
      files.tensors(
        firstOf: ["alexnet.safetensors"], hint: "expected torchvision's AlexNet as safetensors"))
    features = try AlexNetFeatures(backbone.features)
    try backbone.requireAllUsed(ignoring: ["classifier."])
    let linear = try Self.weights(
      files.tensors(
        firstOf: ["lin.safetensors", "lpips_alex.safetensors"],
        hint:
          "expected the linear heads of LPIPS v0.1 for AlexNet as lin.safetensors or lpips_alex.safetensors"
      ))
    var heads: [Tensor] = []
    for (index, channels) in AlexNetFeatures.channels.enumerated() {
      let weight = try linear["lin\(index)"].model[1].tensor("weight", [1, channels, 1, 1])
      heads.append(weight.reshaped([channels]))
    }
    self.heads = heads
    // What a whole `LPIPS` module's state has beside its heads: their second name, constants and the backbone.
    try linear.requireAllUsed(ignoring: ["lins.", "scaling_layer.", "net."])
  }

  /// - Throws: ``CheckpointError`` naming a tensor that holds NaN or infinite numbers: rectification would make zeros
  ///   of them, and the distance would look like one.
  private static func weights(_ tensors: any TensorSource) throws(CheckpointError) -> Weights {
    if let key = tensors.firstNotFinite {
      throw .badConfiguration(
        path: tensors.path, field: key,
        reason: "holds values that are not finite numbers; download or export it again")
    }
    return Weights(tensors)
  }

  /// A name for exactly these weights, see `LoadedFiles`.
  public var fingerprint: String {
    get throws(CheckpointError) { try files.fingerprint }
  }

  /// The distance of two pictures of one size; nil when a side is below ``minimumSide``.
  /// - Throws: `NotFiniteError` when the network's numbers are useless.
  public func distance(_ a: RGBImage, _ b: RGBImage) throws(NotFiniteError) -> Double? {
    let distance = layerDistances(a, b)?.reduce(0, +)
    guard distance?.isFinite != false else { throw NotFiniteError(part: "LPIPS network") }
    return distance
  }

  /// The five terms of the distance, from the first map to the last.
  public func layerDistances(_ a: RGBImage, _ b: RGBImage) -> [Double]? {
    precondition(
      a.width == b.width && a.height == b.height,
      "pictures of \(a.width)x\(a.height) and \(b.width)x\(b.height) have no perceptual distance")
    guard min(a.width, a.height) >= Self.minimumSide else { return nil }
    return zip(zip(features(Self.input(a)), features(Self.input(b))), heads).map { maps, head in
      Self.distance(maps.0, maps.1, head)
    }
  }

  /// Values from -1 to 1, then the shift and scale of ImageNet's statistics as the package has them.
  private static func input(_ image: RGBImage) -> Tensor {
    let shift: [Float] = [-0.030, -0.088, -0.188]
    let scale: [Float] = [0.458, 0.448, 0.450]
    return Tensor(uninitialized: [1, image.height, image.width, 3]) { target in
      for (index, value) in image.pixels.enumerated() {
        target[index] = (Float(value) / 127.5 - 1 - shift[index % 3]) / scale[index % 3]
      }
    }
  }

  /// The mean over positions of `Σ head · (a/‖a‖ - b/‖b‖)²`, summed in double precision.
  private static func distance(_ a: Tensor, _ b: Tensor, _ head: Tensor) -> Double {
    let (positions, channels) = (a.shape.rows, a.shape.last)
    return a.withUnsafeBuffer { a in
      b.withUnsafeBuffer { b in
        head.withUnsafeBuffer { head in
          var sum = 0.0
          for position in 0..<positions {
            let range = (position * channels)..<((position + 1) * channels)
            let (left, right) = (
              UnsafeBufferPointer(rebasing: a[range]), UnsafeBufferPointer(rebasing: b[range])
            )
            let (lengthOfLeft, lengthOfRight) = (length(left), length(right))
            for channel in 0..<channels {
              let difference =
                Double(left[channel]) / lengthOfLeft - Double(right[channel]) / lengthOfRight
              sum += Double(head[channel]) * difference * difference
            }
          }
          return sum / Double(positions)
        }
      }
    }
  }

  /// The Euclidean length of a position's features, never quite 0.
  private static func length(_ features: UnsafeBufferPointer<Float>) -> Double {
    features.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot() + 1e-10
  }
}
