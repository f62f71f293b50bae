import Checkpoints
import Foundation
import Layers
import Tensors

/// The sinusoidal embedding of a timestep and the two-layer network behind it
/// (Ho et al. 2020; diffusers' `Timesteps` and `TimestepEmbedding`).
struct TimestepEmbedding: Sendable {
  private let first: Linear
  private let second: Linear
  private let frequencies: [Float]
  private let cosineFirst: Bool

  init(
    _ weights: Weights, channels: Int, width: Int, cosineFirst: Bool, freqShift: Float
  ) throws(CheckpointError) {
    first = try Linear(weights.linear_1, channels, width)
    second = try Linear(weights.linear_2, width, width)
    self.cosineFirst = cosineFirst
    let half = channels / 2
    // fp32 throughout, as the reference: an error in a frequency grows with the timestep.
    frequencies = (0..<half).map { exp(-Float(log(10000.0)) * Float($0) / (Float(half) - freqShift)) }
  }

  /// - Returns: `[batch, width]`, the same row for every image
  func callAsFunction(_ timestep: Double, batch: Int) -> Tensor {
    let angles = frequencies.map { Float(timestep) * $0 }
    let (sines, cosines) = (angles.map { sin($0) }, angles.map { cos($0) })
    let row = cosineFirst ? cosines + sines : sines + cosines
    let embedded = second(first(Tensor(row, shape: [1, row.count])).silu())
    return Tensor.concatenating(Array(repeating: embedded, count: batch))
  }
}
