import ReferenceFixtures
import Tensors
import Testing

/// Half-precision weights where they lie, against the same ones widened at once.
@Suite struct StoredTensorTests {
  private final class Owner: Sendable {}

  /// Calls `body` with a weight as stored and as widened, whose numbers are random bits.
  private func withWeight(
    _ shape: Shape, _ format: StoredTensor.HalfPrecision, _ body: (StoredTensor, StoredTensor) -> Void
  ) {
    var generator = TorchGenerator(seed: 3)
    let random = generator.randint(shape.count, below: 1 << 15)
    // A sign, an exponent around zero and any fraction: both formats' numbers lie near one.
    let halves = random.enumerated().map { index, bits -> UInt16 in
      let sign: UInt16 = index % 3 == 0 ? 0x8000 : 0
      switch format {
      case .float16: return sign | 0x3000 | UInt16(bits & 0x0BFF)
      case .bfloat16: return sign | 0x3F00 | UInt16(bits & 0x00FF)
      }
    }
    halves.withUnsafeBytes { bytes in
      let stored = StoredTensor(borrowing: bytes, as: format, shape: shape, owner: Owner())
      body(stored, StoredTensor(stored.widened()))
    }
  }

  @Test(arguments: [StoredTensor.HalfPrecision.float16, .bfloat16], Precision.allCases)
  func `stored weights give the bits of widened ones`(
    format: StoredTensor.HalfPrecision, precision: Precision
  ) {
    for backend in ProductBackend.choices {
      ProductBackend.using(backend) { expectEqualBits(format, precision, "\(backend.name)") }
    }
  }

  private func expectEqualBits(
    _ format: StoredTensor.HalfPrecision, _ precision: Precision, _ comment: Comment
  ) {
    let x = SyntheticTensor(shape: [2, 9, 10, 40]).tensor(named: "x")
    withWeight([70, 40], format) { stored, widened in
      #expect(
        linear(x, weight: stored, precision: precision).values
          == linear(x, weight: widened, precision: precision).values, comment)
    }
    let geometry = ConvolutionGeometry(kernel: 3, stride: 1, padding: 1)
    withWeight([35, 40, 3, 3], format) { stored, widened in
      for method in [ConvolutionMethod.direct, .winograd] {
        func convolved(_ weight: StoredTensor) -> [Float] {
          convolution(x, weight: weight, bias: nil, geometry: geometry, precision: precision, method: method)
            .values
        }
        #expect(convolved(stored) == convolved(widened), "\(method), \(comment)")
      }
    }
  }
}
