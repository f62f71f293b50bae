import Checkpoints
import Tensors

/// What a LoRA adds to the weight of a layer: `scale · up · down`, as a matrix of the layer's outputs and inputs; with a
/// LoCon's third factor `scale · up · mid · down`, each a convolution.
struct LowRankUpdate: Sendable {
  private let file: SafetensorsFile
  private let down: String
  private let up: String
  private let mid: String?
  private let scale: Float

  /// - Parameters:
  ///   - scale: of the product, alpha and what the user asks for included
  ///   - shape: of the weight
  /// - Throws: ``CheckpointError`` when the factors are none of a weight of that shape.
  init(
    _ layer: LoRAFile.Layer, of lora: LoRAFile, scale: Double, shape: Shape
  ) throws(CheckpointError) {
    file = lora.file
    (down, up, mid) = (layer.down, layer.up, layer.mid)
    self.scale = Float(scale)
    let (outputs, inner) = (shape.dimensions[0], Array(shape.dimensions.dropFirst()))
    let rank = lora.rank(layer)
    // The third factor has the window where there is one, and the others are maps of single positions.
    guard let mid else {
      try require(up, [outputs, rank])
      try require(down, [rank] + inner)
      return
    }
    let upRank = file.shape(of: up)?.dimensions.dropFirst().first ?? 0
    try require(up, [outputs, upRank])
    try require(mid, [upRank, rank] + inner.dropFirst())
    try require(down, [rank] + inner.prefix(1))
  }

  /// Matrices may be stored as convolutions of 1×1, and these as matrices.
  private func require(_ key: String, _ dimensions: [Int]) throws(CheckpointError) {
    let found = file.shape(of: key) ?? []
    guard found.dimensions.withoutOnes != dimensions.withoutOnes || found.count == 0 else { return }
    throw .badConfiguration(
      path: file.path, field: key,
      reason:
        "has shape \(found), the model's layer needs \(Shape(dimensions)); was the LoRA made for another model?"
    )
  }

  /// What is added to a weight of the shape that it was made for.
  func change(_ shape: Shape) throws(CheckpointError) -> Tensor {
    (try product(outputs: shape[0]) * scale).reshaped(shape)
  }

  /// `[outputs, inputs · window]`
  private func product(outputs: Int) throws(CheckpointError) -> Tensor {
    let (up, down) = (try factor(up), try factor(down))
    let rank = down.shape[0]
    guard let mid else {
      return linear(
        up.reshaped([outputs, rank]),
        weight: StoredTensor(down.reshaped([rank, down.count / rank]).transposed()))
    }
    let middle = try factor(mid)
    let (upRank, inputs) = (middle.shape[0], down.count / rank)
    let window = middle.count / (upRank * rank)
    // Of every position of the window the product of `mid` and `down`: [upRank, window, inputs].
    let inner = linear(
      middle.reshaped([upRank, rank, window]).transposed(),
      weight: StoredTensor(down.reshaped([rank, inputs]).transposed()))
    return linear(
      up.reshaped([outputs, upRank]),
      weight: StoredTensor(inner.reshaped([upRank, window * inputs]).transposed())
    ).reshaped([outputs, window, inputs]).transposed()
  }

  private func factor(_ key: String) throws(CheckpointError) -> Tensor {
    let tensor = try file.tensor(key)
    guard tensor.isFinite else {
      throw .badConfiguration(
        path: file.path, field: key,
        reason: "holds values that are not finite numbers; download the file again")
    }
    return tensor
  }
}

extension [Int] {
  /// But for the axes of one element at the end.
  fileprivate var withoutOnes: ArraySlice<Int> {
    var rest = self[...]
    while rest.last == 1 { rest.removeLast() }
    return rest
  }
}
