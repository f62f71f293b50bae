import Tensors

/// What is done to a predicted x₀ that leaves the range of the data.
enum OriginalLimit: Sendable, Equatable {
  case none
  /// `clip_sample`: every value is limited to `-range...range`.
  case clip(range: Double)
  /// `thresholding` (Saharia et al. 2022, "dynamic thresholding"): a picture's values are limited to `-s...s` and
  /// divided by s, the quantile `ratio` of their sizes, but at least 1 and at most `maximum`.
  case threshold(ratio: Double, maximum: Double)

  /// - Parameter original: `[batch, height, width, channels]`
  func applied(to original: Tensor) -> Tensor {
    switch self {
    case .none: original
    case .clip(let range): original.clamped(to: range)
    case .threshold(let ratio, let maximum):
      .concatenating(
        (0..<original.shape[0]).map { batch in
          let picture = original.slice(batch..<(batch + 1))
          let limit = min(max(picture.quantileOfSizes(Float(ratio)), 1), Float(maximum))
          return picture.clamped(to: Double(limit)) * (1 / limit)
        })
    }
  }

  /// `share` times x₀, limited, as terms of a linear combination.
  ///
  /// - Parameters:
  ///   - original: x₀ in terms of sample and model output
  ///   - output: the model's
  func terms(
    _ share: Double, _ original: PredictionType.Coefficients, output: Tensor, sample: Tensor
  ) -> [(Double, Tensor)] {
    guard self != .none else {
      return [(share * original.sample, sample), (share * original.output, output)]
    }
    return [(share, applied(to: .linearCombination([(original.sample, sample), (original.output, output)])))]
  }

  /// The model's x₀, limited, or the ε that belongs to it.
  func model(
    _ predictsData: Bool, _ prediction: PredictionType, at level: NoiseLevel, output: Tensor, sample: Tensor
  ) -> Tensor {
    let original = prediction.original(alpha: level.alpha, sigma: level.sigma)
    guard self != .none else {
      let model = predictsData ? original : prediction.noise(alpha: level.alpha, sigma: level.sigma)
      return .linearCombination([(model.sample, sample), (model.output, output)])
    }
    let limited = applied(to: .linearCombination([(original.sample, sample), (original.output, output)]))
    return predictsData
      ? limited
      : .linearCombination([(1 / level.sigma, sample), (-level.alpha / level.sigma, limited)])
  }
}

extension Tensor {
  /// Every element limited to `-limit...limit`.
  fileprivate func clamped(to limit: Double) -> Tensor {
    let limit = Float(limit)
    return withUnsafeBuffer { values in
      Tensor(uninitialized: shape) { target in
        for i in values.indices { target[i] = min(max(values[i], -limit), limit) }
      }
    }
  }

  /// The value that a share `ratio` of the absolute values lies below, linear between neighbours, as `torch.quantile`
  /// computes it in single precision.
  fileprivate func quantileOfSizes(_ ratio: Float) -> Float {
    let sizes = withUnsafeBuffer { $0.map { abs($0) } }.sorted()
    let rank = ratio * Float(sizes.count - 1)
    let low = min(Int(rank), sizes.count - 1)
    let high = min(low + 1, sizes.count - 1)
    return sizes[low] + (rank - Float(low)) * (sizes[high] - sizes[low])
  }
}
