public import Checkpoints
public import Tensors

/// A square 2-D convolution, torch's `nn.Conv2d`, on channels-last maps.
public struct Convolution: Sendable {
  private let weight: StoredTensor
  private let bias: Tensor?
  private let geometry: ConvolutionGeometry
  /// As the checkpoint calls it.
  private let name: String

  /// - Parameter trailingPadding: right of and below a map; nil for as much as `padding`
  /// - Throws: `CheckpointError` unless `weight` is `[output, input, kernel, kernel]` and
  ///   `bias` `[output]`.
  public init(
    _ weights: Weights, _ input: Int, _ output: Int, kernel: Int = 3, stride: Int = 1, padding: Int = 1,
    trailingPadding: Int? = nil, bias: Bool = true
  ) throws(CheckpointError) {
    weight = try weights.stored("weight", [output, input, kernel, kernel])
    self.bias = bias ? try weights.tensor("bias", [output]) : nil
    geometry = ConvolutionGeometry(
      kernel: kernel, stride: stride, padding: padding, trailingPadding: trailingPadding)
    name = weights.path
  }

  /// - Parameters:
  ///   - x: `[batch, height, width, input]`; doubled, of half that height and width
  ///   - doubled: whether what is convolved is `x` after nearest-neighbour upsampling by two
  ///   - residual: the result's shape, added to it
  ///   - map: what this is a part of, where it is one, rows of a map or images of a batch: it is computed by the method
  ///     that suits the whole
  /// - Returns: `[batch, height', width', output]`
  public func callAsFunction(
    _ x: Tensor, doubled: Bool = false, adding residual: Tensor? = nil, precision: Precision = .fp32,
    partOf map: Shape? = nil
  ) -> Tensor {
    let size = ConvolutionSize(
      input: map ?? (doubled ? x.shape.doubledMap : x.shape), output: weight.shape[0], geometry: geometry,
      doubled: doubled)
    let method = ConvolutionMethod.fastest(for: size, precision: precision)
    ConvolutionLog.note(.init(name: name, size: size, precision: precision, method: method))
    return TimeSplit.measure(.convolution) {
      convolution(
        x, doubled: doubled, weight: weight, bias: bias, geometry: geometry, adding: residual,
        precision: precision, method: method)
    }
  }
}
