public import Checkpoints
public import Tensors

/// `x · weightᵀ + bias`, torch's `nn.Linear`.
public struct Linear: Sendable {
  private let weight: StoredTensor
  private let bias: Tensor?

  /// - Throws: `CheckpointError` unless `weight` is `[output, input]` and `bias` `[output]`.
  public init(_ weights: Weights, _ input: Int, _ output: Int, bias: Bool = true) throws(CheckpointError) {
    weight = try weights.stored("weight", [output, input])
    self.bias = bias ? try weights.tensor("bias", [output]) : nil
  }

  /// - Parameters:
  ///   - x: `[..., input]`
  ///   - residual: `[..., output]`, added to the result
  /// - Returns: `[..., output]`
  public func callAsFunction(
    _ x: Tensor, adding residual: Tensor? = nil, precision: Precision = .fp32
  ) -> Tensor {
    TimeSplit.measure(.linear) {
      linear(x, weight: weight, bias: bias, adding: residual, precision: precision)
    }
  }

  /// The layer and GEGLU after it, see ``gatedLinear(_:weight:bias:precision:)``.
  /// - Parameter x: `[..., input]`
  /// - Returns: `[..., output / 2]`
  public func gated(_ x: Tensor, precision: Precision = .fp32) -> Tensor {
    TimeSplit.measure(.linear) { gatedLinear(x, weight: weight, bias: bias, precision: precision) }
  }
}
