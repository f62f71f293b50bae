package import Tensors

/// How the UNet computes, whatever it computes.
package struct ComputeOptions: Sendable, Hashable {
  package var attention: AttentionKernel
  /// Of the layers' products; the time embedding and the first and last convolution are in fp32.
  package var precision: Precision

  package init(attention: AttentionKernel = .tiled, precision: Precision = .fp32) {
    self.attention = attention
    self.precision = precision
  }
}
