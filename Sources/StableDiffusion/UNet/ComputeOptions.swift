public import Tensors

/// How the UNet computes, whatever it computes.
public struct ComputeOptions: Sendable, Hashable {
  public var attention: AttentionKernel
  /// Of the layers' products; the time embedding and the first and last convolution are in fp32.
  public var precision: Precision

  public init(attention: AttentionKernel = .tiled, precision: Precision = .fp32) {
    self.attention = attention
    self.precision = precision
  }
}
