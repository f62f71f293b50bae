import ReferenceFixtures
import Tensors
import Testing

/// Operations in bfloat16 against the same in fp32: a rounded factor is off by at most 2⁻⁹, and errors of many
/// products partly cancel.
@Suite struct BFloat16Tests {
  private func random(_ name: String, _ shape: [Int], scale: Float = 1) -> Tensor {
    SyntheticTensor(shape: shape, scale: scale).tensor(named: name)
  }

  @Test(arguments: [(1, 3, 5), (7, 33, 17), (300, 70, 40), (1100, 24, 65)])
  func `a linear layer`(m: Int, n: Int, k: Int) {
    let (x, weight) = (random("x", [m, k]), StoredTensor(random("w", [n, k])))
    let (bias, residual) = (random("b", [n]), random("r", [m, n]))
    let exact = linear(x, weight: weight, bias: bias, adding: residual)
    let rough = linear(x, weight: weight, bias: bias, adding: residual, precision: .bf16)
    expectClose(rough, exact, relative: 4e-3)
    #expect(k < 5 || relativeDifference(rough, exact) > 1e-4)
  }

  @Test(
    arguments: AttentionKernel.allCases, [(5, 5, true), (130, 131, true), (200, 77, false), (3, 1100, false)])
  func `attention`(kernel: AttentionKernel, size: (Int, Int, Bool)) {
    let (n, m, causal) = size
    let (q, k, v) = (
      random("q", [2, n, 24], scale: 2), random("k", [2, m, 24], scale: 2), random("v", [2, m, 24])
    )
    func attended(_ precision: Precision) -> Tensor {
      scaledDotProductAttention(
        query: q, key: k, value: v, heads: 3, causal: causal, kernel: kernel, precision: precision)
    }
    expectClose(attended(.bf16), attended(.fp32), relative: 2e-2)
  }

  @Test func `a direct convolution`() {
    let x = random("x", [2, 12, 10, 21])
    let geometry = ConvolutionGeometry(kernel: 3, stride: 2, padding: 1)
    func convolved(_ precision: Precision) -> Tensor {
      convolution(
        x, weight: StoredTensor(random("w", [20, 21, 3, 3])), bias: random("b", [20]), geometry: geometry,
        precision: precision)
    }
    expectClose(convolved(.bf16), convolved(.fp32), relative: 4e-3)
  }
}
