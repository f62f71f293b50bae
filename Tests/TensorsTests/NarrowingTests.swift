import ReferenceFixtures
import Tensors
import Testing

/// fp32 numbers stored as half-precision ones.
@Suite struct NarrowingTests {
  private final class Owner: Sendable {}

  private func widened(_ halves: [UInt16], _ format: StoredTensor.HalfPrecision) -> [Float] {
    halves.withUnsafeBytes { bytes in
      StoredTensor(borrowing: bytes, as: format, shape: [halves.count], owner: Owner()).widened().values
    }
  }

  @Test(arguments: [StoredTensor.HalfPrecision.float16, .bfloat16])
  func `every half-precision number is its own nearest one`(format: StoredTensor.HalfPrecision) {
    let values = widened((0...UInt16.max).map(\.self), format)
    let narrowed = StoredTensor(Tensor(values, shape: [values.count]), narrowedTo: format)
    #expect(narrowed.halfPrecision == format && narrowed.shape == [values.count])
    let bits = narrowed.widened().values.map(\.bitPattern)
    for (found, value) in zip(bits, values) where !value.isNaN { #expect(found == value.bitPattern) }
    for (found, value) in zip(bits, values) where value.isNaN { #expect(Float(bitPattern: found).isNaN) }
  }

  @Test func `others become the nearest half, ties the even one`() {
    var values: [Float] = [
      65504, 65519.996, 65520, 1e9, .infinity, 0x1p-24, 0x1p-25, 0x1.8p-25, 0x1p-26, 1e-30,
    ]
    let halves = widened((0..<0x7BFF).map { UInt16($0) }, .float16)
    // Half-way between neighbours, and one step of fp32 beside that.
    for (low, high) in zip(halves, halves.dropFirst()) {
      let middle = low + (high - low) / 2
      values += [middle, middle.nextUp, middle.nextDown]
    }
    values += values.map { -$0 }
    let narrowed = StoredTensor(Tensor(values, shape: [values.count]), narrowedTo: .float16).widened().values
    for (found, value) in zip(narrowed, values) { #expect(found == Float(Float16(value)), "\(value)") }
  }

  @Test func `nothing to narrow is nothing changed`() {
    let tensor = SyntheticTensor(shape: [3, 5]).tensor(named: "x")
    let same = StoredTensor(tensor, narrowedTo: nil)
    #expect(same.halfPrecision == nil && same.widened().values == tensor.values)
    #expect(StoredTensor(Tensor(zeros: [0, 4]), narrowedTo: .float16).shape == [0, 4])
  }

  @Test func `axes change places`() {
    let tensor = SyntheticTensor(shape: [2, 9, 11]).tensor(named: "x")
    let turned = tensor.transposed()
    #expect(turned.shape == [2, 11, 9])
    let (values, others) = (tensor.values, turned.values)
    for batch in 0..<2 {
      for row in 0..<9 {
        for column in 0..<11 {
          #expect(others[(batch * 11 + column) * 9 + row] == values[(batch * 9 + row) * 11 + column])
        }
      }
    }
  }
}
