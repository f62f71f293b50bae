import Tensors

/// The operations once more as plain loops in double precision, straight from their definitions.
enum ScalarReference {
  static func linear(_ x: Tensor, _ weight: Tensor, bias: Tensor, residual: Tensor?) -> Tensor {
    let (n, k) = (weight.shape[0], weight.shape[1])
    let (xs, ws, bs, rs) = (x.values, weight.values, bias.values, residual?.values)
    var out = [Float]()
    for row in 0..<x.shape.rows {
      for column in 0..<n {
        var sum = Double(bs[column]) + Double(rs?[row * n + column] ?? 0)
        for i in 0..<k { sum += Double(xs[row * k + i]) * Double(ws[column * k + i]) }
        out.append(Float(sum))
      }
    }
    return Tensor(out, shape: Shape(x.shape.dimensions.dropLast() + [n]))
  }

  /// - Parameter weight: in torch's order `[output, input, kernel, kernel]`
  static func convolution(
    _ x: Tensor, _ weight: Tensor, bias: Tensor, stride: Int, padding: Int
  ) -> Tensor {
    let (batch, height, width, input) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
    let (output, kernel) = (weight.shape[0], weight.shape[2])
    let outHeight = (height + 2 * padding - kernel) / stride + 1
    let outWidth = (width + 2 * padding - kernel) / stride + 1
    let (xs, ws, bs) = (x.values, weight.values, bias.values)
    var out = [Float]()
    for b in 0..<batch {
      for oy in 0..<outHeight {
        for ox in 0..<outWidth {
          for o in 0..<output {
            var sum = Double(bs[o])
            for ky in 0..<kernel {
              for kx in 0..<kernel {
                let (y, x) = (oy * stride + ky - padding, ox * stride + kx - padding)
                guard y >= 0, y < height, x >= 0, x < width else { continue }
                for c in 0..<input {
                  sum +=
                    Double(xs[((b * height + y) * width + x) * input + c])
                    * Double(ws[((o * input + c) * kernel + ky) * kernel + kx])
                }
              }
            }
            out.append(Float(sum))
          }
        }
      }
    }
    return Tensor(out, shape: [batch, outHeight, outWidth, output])
  }

  static func attention(_ q: Tensor, _ k: Tensor, _ v: Tensor, heads: Int, causal: Bool) -> Tensor {
    let (batch, n, m, width) = (q.shape[0], q.shape[1], k.shape[1], q.shape[2])
    let d = width / heads
    let (qs, ks, vs) = (q.values, k.values, v.values)
    var out = [Float](repeating: 0, count: q.count)
    for b in 0..<batch {
      for h in 0..<heads {
        for i in 0..<n {
          let seen = causal ? min(m, i + 1) : m
          let scores = (0..<seen).map { j in
            (0..<d).reduce(0.0) {
              $0 + Double(qs[(b * n + i) * width + h * d + $1]) * Double(ks[(b * m + j) * width + h * d + $1])
            } / Double(d).squareRoot()
          }
          let weights = softmax(scores)
          for c in 0..<d {
            out[(b * n + i) * width + h * d + c] = Float(
              (0..<seen).reduce(0.0) { $0 + weights[$1] * Double(vs[(b * m + $1) * width + h * d + c]) })
          }
        }
      }
    }
    return Tensor(out, shape: q.shape)
  }

  private static func softmax(_ scores: [Double]) -> [Double] {
    let peak = scores.max() ?? 0
    let powers = scores.map { exponential($0 - peak) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }

  static func groupNorm(_ x: Tensor, groups: Int, gamma: Tensor, beta: Tensor, epsilon: Double) -> Tensor {
    let (batch, channels) = (x.shape[0], x.shape.last)
    let positions = x.count / (batch * channels)
    let width = channels / groups
    let (gammas, betas) = (gamma.values, beta.values)
    var out = x.values
    for b in 0..<batch {
      for g in 0..<groups {
        let places = (0..<positions).flatMap { p in
          (0..<width).map { (b * positions + p) * channels + g * width + $0 }
        }
        normalize(&out, places, gammas, betas, channels: channels, epsilon: epsilon)
      }
    }
    return Tensor(out, shape: x.shape)
  }

  static func layerNorm(_ x: Tensor, gamma: Tensor, beta: Tensor, epsilon: Double) -> Tensor {
    let n = x.shape.last
    let (gammas, betas) = (gamma.values, beta.values)
    var out = x.values
    for row in 0..<x.shape.rows {
      normalize(&out, (0..<n).map { row * n + $0 }, gammas, betas, channels: n, epsilon: epsilon)
    }
    return Tensor(out, shape: x.shape)
  }

  private static func normalize(
    _ values: inout [Float], _ places: [Int], _ gamma: [Float], _ beta: [Float], channels: Int,
    epsilon: Double
  ) {
    let mean = places.reduce(0.0) { $0 + Double(values[$1]) } / Double(places.count)
    let variance = places.reduce(0.0) { $0 + (Double(values[$1]) - mean) * (Double(values[$1]) - mean) }
    let deviation = (variance / Double(places.count) + epsilon).squareRoot()
    for place in places {
      let channel = place % channels
      values[place] = Float(
        (Double(values[place]) - mean) / deviation * Double(gamma[channel]) + Double(beta[channel]))
    }
  }
}
