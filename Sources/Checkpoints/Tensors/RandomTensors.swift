import Synchronization
package import Tensors

/// Tensors of random numbers that follow from a seed and their names, scaled as torch initialises layers:
/// activations stay finite through any number of them.
///
/// As a source it has whatever is asked of it: what takes the time and the memory of a real checkpoint. Names whose
/// presence decides between forms of a model are absent.
package final class RandomTensors: TensorSource {
  let seed: UInt64
  private let shapes = Mutex<[String: Shape]>([:])

  package init(seed: UInt64) { self.seed = seed }

  /// The shapes of all tensors asked for so far, by name.
  package var made: [String: Shape] { shapes.withLock(\.self) }

  package let path = "random weights"
  package let keys: [String] = []
  package let mappedBytes = 0
  package func shape(of key: String) -> Shape? { nil }
  package func stored(_ key: String, _ shape: Shape) -> StoredTensor { StoredTensor(tensor(key, shape)) }

  /// Uniform in ±1/√(inputs) for weights of two axes and more; of a norm's parameters, the factors are one and
  /// the summands, as all biases, zero.
  package func tensor(_ name: String, _ shape: Shape) -> Tensor {
    shapes.withLock { $0[name] = shape }
    guard shape.rank > 1 else {
      let value: Float = name.hasSuffix("weight") ? 1 : 0
      return Tensor(uninitialized: shape) { $0.update(repeating: value) }
    }
    let scale = 1 / Float(max(shape.count / max(shape[0], 1), 1)).squareRoot()
    let base = name.utf8.reduce(seed ^ 0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    return Tensor(uninitialized: shape) { values in
      // A rehearsal has no use for numbers.
      guard let values = values.baseAddress, !Rehearsal.isOn else { return }
      Parallel.forEachChunk(of: shape.count, size: 1 << 18) { chunk in
        for index in chunk {
          values[index] = scale * (Float(Self.mixed(base &+ UInt64(index)) >> 40) * 0x1p-23 - 1)
        }
      }
    }
  }

  /// SplitMix64 (Steele et al. 2014) as a hash of a counter.
  private static func mixed(_ counter: UInt64) -> UInt64 {
    var x = counter &* 0x9E37_79B9_7F4A_7C15
    x = (x ^ x >> 30) &* 0xBF58_476D_1CE4_E5B9
    x = (x ^ x >> 27) &* 0x94D0_49BB_1331_11EB
    return x ^ x >> 31
  }
}
