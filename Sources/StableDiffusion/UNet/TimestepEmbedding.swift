import Checkpoints
import Foundation
import Layers
import Tensors

/// Sines and cosines of a number at frequencies from 1 down to 1/10000 (Ho et al. 2020; diffusers' `Timesteps`).
struct SinusoidalEmbedding: Sendable {
  private let frequencies: [Float]
  private let cosineFirst: Bool
  private let channels: Int

  init(channels: Int, cosineFirst: Bool, freqShift: Float) {
    let half = channels / 2
    // fp32 throughout, as the reference: an error in a frequency grows with the timestep.
    self.init(
      channels: channels, cosineFirst: cosineFirst,
      frequencies: (0..<half).map { exp(-Float(log(10000.0)) * Float($0) / (Float(half) - freqShift)) })
  }

  /// - Parameter frequencies: half as many as there are channels
  init(channels: Int, cosineFirst: Bool, frequencies: [Float]) {
    self.channels = channels
    self.cosineFirst = cosineFirst
    self.frequencies = frequencies
  }

  /// - Returns: as many values as there are channels, the last of an odd number being 0
  func callAsFunction(_ number: Double) -> [Float] {
    let angles = frequencies.map { Float(number) * $0 }
    let (sines, cosines) = (angles.map { sin($0) }, angles.map { cos($0) })
    let padding = [Float](repeating: 0, count: channels - 2 * frequencies.count)
    return (cosineFirst ? cosines + sines : sines + cosines) + padding
  }
}

/// The two-layer network behind an embedding (diffusers' `TimestepEmbedding`).
struct TimestepEmbedding: Sendable {
  private let first: Linear
  private let second: Linear

  init(_ weights: Weights, input: Int, width: Int) throws(CheckpointError) {
    first = try Linear(weights.linear_1, input, width)
    second = try Linear(weights.linear_2, width, width)
  }

  /// - Parameter x: `[batch, input]`
  /// - Returns: `[batch, width]`
  func callAsFunction(_ x: Tensor) -> Tensor { second(first(x).silu()) }
}
