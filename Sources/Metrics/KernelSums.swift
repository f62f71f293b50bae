import Tensors

/// Sums of `k(a, b) - 1` over all pairs of pictures of two sets, `k` being the Gaussian kernel with σ = 10: that every
/// kernel lies near 1 costs no digits.
struct KernelSums {
  /// Within the first set and within the second, both together.
  private(set) var within = 0.0
  /// Between the sets.
  private(set) var across = 0.0
  /// For each row of signs `s`: `Σ sᵢ sⱼ h(i, j)` with `h` what pairs i and j have within the sets less what they have
  /// across them. A pair whose pictures are swapped has its sign turned.
  private(set) var permuted: [Double]

  /// Rows at a time: what is kept of all pairs is a strip of them.
  private static let rows = 256

  /// - Parameters:
  ///   - own: `[count, size]`, each row of length 1
  ///   - reference: as much
  ///   - signs: `[permutations, count]`, ±1
  init(_ own: Tensor, _ reference: Tensor, signs: Tensor) {
    let (count, permutations) = (own.shape[0], signs.shape[0])
    let weights = (own: StoredTensor(own), reference: StoredTensor(reference), signs: StoredTensor(signs))
    permuted = Array(repeating: 0, count: permutations)
    for start in stride(from: 0, to: count, by: Self.rows) {
      let range = start..<min(start + Self.rows, count)
      let (a, b) = (own.slice(range), reference.slice(range))
      var strip = [Double](repeating: 0, count: range.count * count)
      within += Self.add(linear(a, weight: weights.own), to: &strip, times: 1)
      within += Self.add(linear(b, weight: weights.reference), to: &strip, times: 1)
      across += Self.add(linear(a, weight: weights.reference), to: &strip, times: -1)
      _ = Self.add(linear(b, weight: weights.own), to: &strip, times: -1)
      let products = linear(
        Tensor(strip.map(Float.init), shape: [range.count, count]), weight: weights.signs)
      products.withUnsafeBuffer { products in
        signs.withUnsafeBuffer { signs in
          for (row, pair) in range.enumerated() {
            for permutation in 0..<permutations {
              permuted[permutation] += Double(
                signs[permutation * count + pair] * products[row * permutations + permutation])
            }
          }
        }
      }
    }
  }

  /// - Parameter cosines: of vectors of length 1, so that their squared distance is `2 - 2 cos`, at most 4.
  /// - Returns: the sum of what was added, before it was multiplied.
  private static func add(_ cosines: Tensor, to strip: inout [Double], times sign: Double) -> Double {
    cosines.withUnsafeBuffer { cosines in
      var sum = 0.0
      for index in cosines.indices {
        // exp(-t) - 1 for t = ‖a - b‖² / 2σ², at most 0.02: what follows the last term is below 1e-15.
        let t = max(0, 1 - Double(cosines[index])) / 100
        let difference = -t * (1 - t / 2 * (1 - t / 3 * (1 - t / 4 * (1 - t / 5 * (1 - t / 6)))))
        strip[index] += sign * difference
        sum += difference
      }
      return sum
    }
  }
}
