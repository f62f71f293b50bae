import ReferenceFixtures
import Tensors
import Testing

/// Operations in bfloat16 against the same in fp32: a rounded factor is off by at most 2⁻⁹, and errors of many
/// products partly cancel.
@Suite struct BFloat16Tests {
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

  // The last with patches that lie outside of the map altogether.
  @Test(arguments: [(21, 3, 2, 1), (5, 3, 1, 1), (3, 7, 4, 2), (40, 3, 1, 1), (12, 1, 2, 0), (2, 3, 1, 4)])
  func `a direct convolution is one of the nearest numbers of bfloat16`(
    input: Int, kernel: Int, stride: Int, padding: Int
  ) {
    let (x, weight) = (random("x", [2, 12, 10, input]), random("w", [37, input, kernel, kernel]))
    let bias = random("b", [37])
    func rounded(_ tensor: Tensor) -> Tensor {
      let values = tensor.values.map { value in
        Float(bitPattern: (value.bitPattern + 0x7FFF + (value.bitPattern >> 16 & 1)) & 0xFFFF_0000)
      }
      return Tensor(values, shape: tensor.shape)
    }
    let expected = ScalarReference.convolution(
      rounded(x), rounded(weight), bias: bias, stride: stride, padding: padding)
    let geometry = ConvolutionGeometry(kernel: kernel, stride: stride, padding: padding)
    for residual in [nil, random("r", expected.shape.dimensions)] {
      expectClose(
        convolution(
          x, weight: StoredTensor(weight), bias: bias, geometry: geometry, adding: residual, precision: .bf16,
          method: .direct), residual.map { expected + $0 } ?? expected, relative: 1e-6)
    }
  }
}
