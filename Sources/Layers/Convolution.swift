public import Checkpoints
import Synchronization
public import Tensors

/// A square 2-D convolution, torch's `nn.Conv2d`, on channels-last maps.
public struct Convolution: Sendable {
  private let weight: Tensor
  private let bias: Tensor?
  private let geometry: ConvolutionGeometry
  private let winograd: WinogradWeight?

  /// - Throws: `CheckpointError` unless `weight` is `[output, input, kernel, kernel]` and
  ///   `bias` `[output]`.
  public init(
    _ weights: Weights, _ input: Int, _ output: Int, kernel: Int = 3, stride: Int = 1, padding: Int = 1,
    bias: Bool = true
  ) throws(CheckpointError) {
    weight = convolutionWeight(fromTorch: try weights.tensor("weight", [output, input, kernel, kernel]))
    self.bias = bias ? try weights.tensor("bias", [output]) : nil
    geometry = ConvolutionGeometry(kernel: kernel, stride: stride, padding: padding)
    winograd = kernel == 3 && stride == 1 && padding == 1 ? WinogradWeight() : nil
  }

  /// - Parameters:
  ///   - x: `[batch, height, width, input]`
  ///   - residual: the result's shape, added to it
  /// - Returns: `[batch, height', width', output]`
  public func callAsFunction(_ x: Tensor, adding residual: Tensor? = nil) -> Tensor {
    TimeSplit.measure(.convolution) { convolved(x, adding: residual) }
  }

  private func convolved(_ x: Tensor, adding residual: Tensor?) -> Tensor {
    if let winograd,
      WinogradConvolution.pays(
        batch: x.shape[0], height: x.shape[1], width: x.shape[2], input: x.shape[3], output: weight.shape[0])
    {
      return WinogradConvolution.apply(
        x, weight: winograd.transformed(weight), bias: bias, adding: residual)
    }
    return convolution(x, weight: weight, bias: bias, geometry: geometry, adding: residual)
  }
}

/// A layer's transformed weights, made when a map first needs them: how large the maps
/// are is not known before.
private final class WinogradWeight: Sendable {
  private let tensor = Mutex<Tensor?>(nil)

  func transformed(_ weight: Tensor) -> Tensor {
    tensor.withLock { tensor in
      let result = tensor ?? WinogradConvolution.transform(weight)
      tensor = result
      return result
    }
  }
}
