import Foundation
import ReferenceFixtures
import Synchronization
import Testing

@testable import Tensors

/// Weights of a file, whose columns are kept in bf16, against the same ones in memory.
@Suite struct KeptColumnsTests {
  /// Memory in place of a file's, and what was given back of it.
  private final class Pages: FilePages {
    private let counts = Mutex<[Int]>([])
    var given: [Int] { counts.withLock(\.self) }
    func giveBack(_ bytes: UnsafeRawBufferPointer) { counts.withLock { $0.append(bytes.count) } }
  }

  /// Calls `body` with a weight that lies in pages, the same in memory, and the pages.
  private func withWeight(
    _ shape: Shape, _ format: StoredTensor.HalfPrecision?,
    _ body: (StoredTensor, StoredTensor, Pages) -> Void
  ) {
    let pages = Pages()
    let own = StoredTensor(random("w", shape.dimensions), narrowedTo: format)
    #expect(own.halfPrecision == format && own.keptColumns == nil)
    let numbers = own.widened()
    guard let format else {
      return numbers.withUnsafeBuffer {
        body(StoredTensor(Tensor(borrowing: $0, shape: shape, owner: pages)), own, pages)
      }
    }
    let halves = numbers.values.map { value in
      format == .float16 ? Float16(value).bitPattern : UInt16(value.bitPattern >> 16)
    }
    halves.withUnsafeBytes {
      body(StoredTensor(borrowing: $0, as: format, shape: shape, owner: pages), own, pages)
    }
  }

  @Test(arguments: [nil, .float16, .bfloat16] as [StoredTensor.HalfPrecision?])
  func `products have the bits of columns that are packed each time`(format: StoredTensor.HalfPrecision?) {
    for (m, n, k) in [(1, 1, 3), (29, 33, 7), (300, 48, 40), (2100, 112, 33), (17, 330, 1300)] {
      let x = random("x", [m, k])
      withWeight([n, k], format) { mapped, own, pages in
        let expected = linear(x, weight: own, precision: .bf16).values
        for _ in 0..<2 { #expect(linear(x, weight: mapped, precision: .bf16).values == expected) }
        #expect(pages.given == [(format == nil ? 4 : 2) * n * k], "once, and all of them")
      }
    }
  }

  @Test(arguments: [1, 16, 17, 40, 64])
  func `so have gated layers, whose halves begin with a panel each`(n: Int) {
    let (x, bias) = (random("x", [70, 33]), random("b", [2 * n]))
    withWeight([2 * n, 33], nil) { mapped, own, pages in
      let expected = gatedLinear(x, weight: own, bias: bias, precision: .bf16).values
      for _ in 0..<2 {
        #expect(gatedLinear(x, weight: mapped, bias: bias, precision: .bf16).values == expected)
      }
      // Laid out otherwise, they would be of no use.
      #expect(
        linear(x, weight: mapped, bias: bias, precision: .bf16).values
          == linear(x, weight: own, bias: bias, precision: .bf16).values)
      #expect(pages.given.count == 1)
    }
  }

  @Test(arguments: [1, 3, 4, 40])
  func `so have convolutions, but Winograd's are in fp32`(channels: Int) {
    let x = random("x", [2, 9, 10, channels])
    for kernel in [2, 3] {
      let geometry = ConvolutionGeometry(kernel: kernel, stride: 1, padding: 1)
      withWeight([35, channels, kernel, kernel], .float16) { mapped, own, pages in
        func convolved(_ weight: StoredTensor, _ method: ConvolutionMethod) -> [Float] {
          convolution(x, weight: weight, bias: nil, geometry: geometry, precision: .bf16, method: method)
            .values
        }
        if kernel == 3 {
          let isEqual = convolved(mapped, .winograd) == convolved(own, .winograd)
          #expect(isEqual)
        }
        #expect(pages.given.isEmpty)
        let expected = convolved(own, .direct)
        for _ in 0..<2 {
          let values = convolved(mapped, .direct)
          #expect(values == expected)
        }
        #expect(pages.given.count == 1)
      }
    }
  }

  @Test func `fp32, rehearsals and weights in memory keep none`() {
    let x = random("x", [5, 20])
    withWeight([40, 20], .float16) { mapped, own, pages in
      _ = linear(x, weight: mapped)
      let saved = Rehearsal.run {
        for _ in 0..<2 { _ = linear(x, weight: mapped, precision: .bf16) }
        return Rehearsal.savedBytes
      }
      // 40 columns, packed as a panel of 32 and one of 16.
      #expect(saved == (40 - 48) * 20 * 2 && Rehearsal.savedBytes == 0)
      _ = linear(x, weight: own, precision: .bf16)
      #expect(pages.given.isEmpty)
      // Not spoiled by the rehearsal, which computes nothing.
      #expect(
        linear(x, weight: mapped, precision: .bf16).values == linear(x, weight: own, precision: .bf16).values)
    }
  }

  @Test func `views and other shapes keep their own`() {
    withWeight([8, 5, 6], nil) { mapped, own, _ in
      let x = random("x", [4, 30])
      func product(_ weight: StoredTensor) -> [Float] {
        linear(x, weight: weight.reshaped([weight.shape[0], 30]), precision: .bf16).values
      }
      let whole = (product(mapped), product(own))
      let part = (product(mapped.rows(2..<7)), product(own.rows(2..<7)))
      #expect(whole.0 == whole.1)
      #expect(part.0 == part.1)
      #expect(mapped.rows(2..<7).keptColumns != nil)
    }
  }

  @Test func `products that begin together wait for the one that packs`() async {
    let x = random("x", [40, 64])
    let own = StoredTensor(random("w", [640, 64]))
    let expected = linear(x, weight: own, precision: .bf16).values
    let pages = Pages()
    let memory = own.widened()
    let mapped = memory.withUnsafeBuffer {
      StoredTensor(Tensor(borrowing: $0, shape: memory.shape, owner: pages))
    }
    await withTaskGroup { group in
      for _ in 0..<16 { group.addTask { linear(x, weight: mapped, precision: .bf16).values == expected } }
      for await isEqual in group { #expect(isEqual) }
    }
    #expect(pages.given.count == 1)
    withExtendedLifetime(memory) {}
  }
}
