import ReferenceFixtures
import Tensors
import Testing

/// The fused layer against the operations that it stands for.
@Suite struct GatedLinearTests {
  @Test(
    arguments: [(1, 1, 3), (28, 32, 8), (29, 33, 7), (90, 70, 40), (2100, 48, 20), (17, 100, 1300)],
    Precision.allCases)
  func `has the bits of a linear layer and GEGLU`(size: (Int, Int, Int), precision: Precision) {
    let (m, n, k) = size
    let x = SyntheticTensor(shape: [1, m, k], scale: 2).tensor(named: "x")
    let weight = StoredTensor(SyntheticTensor(shape: [2 * n, k]).tensor(named: "w"))
    for bias in [SyntheticTensor(shape: [2 * n]).tensor(named: "b"), nil] {
      let fused = gatedLinear(x, weight: weight, bias: bias, precision: precision)
      let outputs = linear(x, weight: weight, bias: bias, precision: precision)
      let activated = outputs.gelu().values
      let expected = outputs.values.enumerated().compactMap { place, value in
        place % (2 * n) < n ? value * activated[place + n] : nil
      }
      #expect(fused.shape == [1, m, n])
      #expect(fused.values == expected)
      // Not the same bits: the columns are cut elsewhere.
      for backend in ProductBackend.choices {
        let other = ProductBackend.using(backend) {
          gatedLinear(x, weight: weight, bias: bias, precision: precision)
        }
        expectClose(other, fused, relative: 2e-6, "\(backend.name)")
      }
    }
  }
}
