import Tensors
import Testing

@Suite struct TensorTests {
  @Test func `writing to a copy leaves the original alone`() {
    let original = Tensor([1, 2, 3, 4], shape: [2, 2])
    var copy = original
    copy.withUnsafeMutableBuffer { $0[0] = 9 }
    #expect(original.values == [1, 2, 3, 4])
    #expect(copy.values == [9, 2, 3, 4])
  }

  @Test func `slices and concatenation are inverse`() {
    let tensor = Tensor((0..<24).map(Float.init), shape: [4, 2, 3])
    let joined = Tensor.concatenating([tensor.slice(0..<1), tensor.slice(1..<4)])
    #expect(joined.shape == tensor.shape)
    #expect(joined.values == tensor.values)
  }
}
