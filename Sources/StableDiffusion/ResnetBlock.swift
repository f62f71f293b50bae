import Checkpoints
import Layers
import Tensors

/// Two normalised 3×3 convolutions around a residual connection, with the time
/// embedding added between them: diffusers' `ResnetBlock2D` as the UNet and the
/// autoencoder of Stable Diffusion use it.
struct ResnetBlock: Sendable {
  let norm1: GroupNorm
  let conv1: Convolution
  private let timeProjection: Linear?
  let norm2: GroupNorm
  let conv2: Convolution
  let shortcut: Convolution?
  /// Channels of the result.
  let output: Int

  /// - Parameter timeEmbedding: the width of the time embedding; nil where there is none.
  init(
    _ weights: Weights, input: Int, output: Int, timeEmbedding: Int?, groups: Int, epsilon: Float
  ) throws(CheckpointError) {
    self.output = output
    norm1 = try GroupNorm(weights.norm1, input, groups: groups, epsilon: epsilon)
    conv1 = try Convolution(weights.conv1, input, output)
    if let timeEmbedding {
      timeProjection = try Linear(weights.time_emb_proj, timeEmbedding, output)
    } else {
      timeProjection = nil
    }
    norm2 = try GroupNorm(weights.norm2, output, groups: groups, epsilon: epsilon)
    conv2 = try Convolution(weights.conv2, output, output)
    shortcut =
      input == output ? nil : try Convolution(weights.conv_shortcut, input, output, kernel: 1, padding: 0)
  }

  /// The block on whole maps.
  ///
  /// - Parameters:
  ///   - x: `[batch, height, width, input]`; becomes the result, `[batch, height, width, output]`, every map making
  ///     room for the next
  ///   - time: `[batch, timeEmbedding]`, or one row for all images, before its SiLU
  ///   - whole: the batch that these images are a part of, or stand for: it is computed by the methods that suit that
  func callAsFunction(_ x: inout Tensor, time: Tensor?, precision: Precision, ofBatch whole: Int? = nil) {
    func convolved(_ convolution: Convolution, _ x: Tensor, adding residual: Tensor? = nil) -> Tensor {
      convolution(x, adding: residual, precision: precision, partOf: whole.map(x.shape.ofBatch))
    }
    precondition((time == nil) == (timeProjection == nil), "a block with a time embedding needs the time")
    // First, since what it is made of has more channels.
    let residual = shortcut.map { convolved($0, x) } ?? x
    x = norm1(x, silu: true)
    x = convolved(conv1, x)
    if let time, let timeProjection {
      x = x.addingToEveryPosition(timeProjection(time.silu()).repeated(to: x.shape[0]))
    }
    x = norm2(x, silu: true)
    x = convolved(conv2, x, adding: residual)
  }
}
