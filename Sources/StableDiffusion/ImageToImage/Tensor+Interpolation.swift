import Tensors

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The kernels of torch's `interpolate` that need neighbours.
enum Interpolation {
  /// Mode `bilinear`.
  case linear
  /// Mode `bicubic`: Keys 1981 with a = -3/4.
  case cubic

  /// Which positions of an axis a new one is a sum of, and with what weights.
  func taps(from input: Int, to output: Int) -> [[(position: Int, weight: Float)]] {
    let scale = Double(input) / Double(output)
    return (0..<output).map { index in
      let place = scale * (Double(index) + 0.5) - 0.5
      let (first, weights) = neighbours(self == .linear ? max(place, 0) : place)
      return weights.enumerated().map { offset, weight in
        (position: min(max(first + offset, 0), input - 1), weight: Float(weight))
      }
    }
  }

  /// The first neighbour of a place, and the weights from there on.
  private func neighbours(_ place: Double) -> (first: Int, weights: [Double]) {
    let low = place.rounded(.down)
    let t = place - low
    switch self {
    case .linear: return (Int(low), [1 - t, t])
    case .cubic:
      let a = -0.75
      func near(_ x: Double) -> Double { ((a + 2) * x - (a + 3)) * x * x + 1 }
      func far(_ x: Double) -> Double { ((a * x - 5 * a) * x + 8 * a) * x - 4 * a }
      return (Int(low) - 1, [far(t + 1), near(t), near(1 - t), far(2 - t)])
    }
  }
}

extension Tensor {
  /// A map of another size, as torch's `interpolate` gives it with `align_corners` and `antialias` off.
  ///
  /// - Parameter interpolation: along both axes
  /// - Returns: of `[1, h, w, channels]`, `[1, height, width, channels]`
  func interpolated(height: Int, width: Int, _ interpolation: Interpolation) -> Tensor {
    precondition(
      shape.rank == 4 && shape[0] == 1, "interpolation of \(shape), expected [1, height, width, channels]")
    let (oldWidth, channels) = (shape[2], shape[3])
    let rows = interpolation.taps(from: shape[1], to: height)
    let columns = interpolation.taps(from: oldWidth, to: width)
    return withUnsafeBuffer { source in
      Tensor(uninitialized: [1, height, width, channels]) { target in
        var place = 0
        for row in rows {
          for column in columns {
            for channel in 0..<channels {
              var sum: Float = 0
              for y in row {
                var line: Float = 0
                for x in column {
                  line += x.weight * source[(y.position * oldWidth + x.position) * channels + channel]
                }
                sum += y.weight * line
              }
              target[place] = sum
              place += 1
            }
          }
        }
      }
    }
  }
}
