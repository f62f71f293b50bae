public import Checkpoints
public import Tensors

/// torch's `nn.LayerNorm` along the last axis.
public struct LayerNorm: Sendable {
  private let gamma: Tensor
  private let beta: Tensor
  private let epsilon: Float

  /// - Throws: `CheckpointError` unless `weight` and `bias` are `[channels]`.
  public init(_ weights: Weights, _ channels: Int, epsilon: Float = 1e-5) throws(CheckpointError) {
    gamma = try weights.tensor("weight", [channels])
    beta = try weights.tensor("bias", [channels])
    self.epsilon = epsilon
  }

  public func callAsFunction(_ x: Tensor) -> Tensor {
    layerNorm(x, gamma: gamma, beta: beta, epsilon: epsilon)
  }
}

/// torch's `nn.GroupNorm` on channels-last maps, with an optional SiLU after it.
public struct GroupNorm: Sendable {
  private let gamma: Tensor
  private let beta: Tensor
  private let groups: Int
  private let epsilon: Float

  /// - Parameter groups: divide the channels, as the model's configuration has made sure
  /// - Throws: `CheckpointError` unless `weight` and `bias` are `[channels]`.
  public init(_ weights: Weights, _ channels: Int, groups: Int, epsilon: Float) throws(CheckpointError) {
    precondition(groups > 0 && channels % groups == 0, "\(groups) groups of \(channels) channels")
    gamma = try weights.tensor("weight", [channels])
    beta = try weights.tensor("bias", [channels])
    self.groups = groups
    self.epsilon = epsilon
  }

  public func callAsFunction(_ x: Tensor, silu: Bool = false) -> Tensor {
    TimeSplit.measure(.elementwise) {
      groupNorm(x, groups: groups, gamma: gamma, beta: beta, epsilon: epsilon, silu: silu)
    }
  }

  /// The layer as it acts on the map `x`, to be applied to parts of it.
  package func affine(of x: Tensor) -> ChannelAffine {
    groupNormAffine(of: x, groups: groups, gamma: gamma, beta: beta, epsilon: epsilon)
  }
}
