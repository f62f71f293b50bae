import ReferenceFixtures
import Testing

@testable import Tensors

/// The matrix product on every kernel set that the processor has, and by OpenBLAS.
@Suite struct PanelProductTests {
  /// Rows, columns and depth: whole tiles and panels, and every kind of rest.
  private static let sizes = [
    (1, 1, 1), (14, 32, 8), (15, 33, 7), (13, 17, 40), (29, 16, 513), (6, 48, 1030), (70, 95, 31), (3, 5, 17),
  ]

  /// `a · bᵀ + out` with the operands that the product packs and rounds itself.
  private func product(
    _ backend: ProductBackend, _ precision: Precision, _ a: Tensor, _ b: Tensor, addingTo out: Tensor? = nil,
    transposing: Bool = true
  ) -> Tensor {
    let (m, k) = (a.shape[0], a.shape[1])
    let n = b.shape[transposing ? 0 : 1]
    let product = PanelProduct(k: k, precision: precision, backend: backend)
    var result = out ?? Tensor(zeros: [m, n])
    result.withUnsafeMutableBuffer { result in
      a.withUnsafeBuffer { a in
        b.withUnsafeBuffer { b in
          guard let a = a.baseAddress, let b = b.baseAddress, let result = result.baseAddress else { return }
          let packedCount = product.packedCount(columns: n)
          withScratch(packedCount + product.roundedCount(rows: m)) { scratch in
            if transposing {
              product.pack(rows: b, ld: k, count: n, into: scratch)
            } else {
              layOut(b, n: n, product, into: scratch)
            }
            let left = product.left(a, ld: k, rows: m, rounded: scratch + packedCount)
            let right = transposing ? product.packed(scratch) : product.written(scratch, among: n)
            product.multiply(m: m, n: n, left, right, into: result, n, accumulate: out != nil)
          }
        }
      }
    }
    return result
  }

  /// A right operand `[k, n]` as it is defined, which is how attention's weights lie.
  private func layOut(
    _ b: UnsafePointer<Float>, n: Int, _ product: PanelProduct, into packed: UnsafeMutablePointer<Float>
  ) {
    let (k, precision) = (product.k, product.precision)
    let halves = UnsafeMutableRawPointer(packed).assumingMemoryBound(to: UInt16.self)
    let depth = precision == .fp32 ? k : k + k % 2
    var start = 0
    for first in stride(from: 0, to: n, by: 32) {
      let width = n - first > 16 ? 32 : 16
      let place = product.place(of: first..<min(first + 32, n), among: n)
      for row in 0..<depth {
        for column in 0..<width {
          let value = row < k && first + column < n ? b[row * n + first + column] : 0
          switch precision {
          case .fp32: packed[place.offset + row * place.ld + column] = value
          case .bf16:
            halves[start + row / 2 * 2 * width + 2 * column + row % 2] = UInt16(nearestBits(value) >> 16)
          }
        }
      }
      start += depth * width
    }
  }

  /// The bits of the nearest bfloat16, ties to even, with zeros below.
  private func nearestBits(_ value: Float) -> UInt32 {
    let bits = value.bitPattern
    return (bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF_0000
  }

  private func operands(_ m: Int, _ n: Int, _ k: Int) -> (a: Tensor, b: Tensor, c: Tensor) {
    (
      SyntheticTensor(shape: [m, k]).tensor(named: "a"), SyntheticTensor(shape: [n, k]).tensor(named: "b"),
      SyntheticTensor(shape: [m, n]).tensor(named: "c")
    )
  }

  private func transposed(_ x: Tensor) -> Tensor {
    let (rows, columns, values) = (x.shape[0], x.shape[1], x.values)
    return Tensor(
      (0..<(rows * columns)).map { values[$0 % rows * columns + $0 / rows] }, shape: [columns, rows])
  }

  /// To the nearest bfloat16, ties to even.
  private func rounded(_ x: Tensor) -> Tensor {
    Tensor(x.values.map { Float(bitPattern: nearestBits($0)) }, shape: x.shape)
  }

  @Test func `OpenBLAS is there, and on one thread`() throws {
    let library = try OpenBLAS.open()
    #expect(library.threadCount == 1)
    #expect(library.version.contains(/^[0-9]+\.[0-9]+/), "\(library)")
    #expect(ProductBackend.choices.count == 2)
  }

  @Test func `a back end computes for the thread that asks for it`() throws {
    let library = ProductBackend.openBLAS(try OpenBLAS.open())
    let before = ProductBackend.current.name
    #expect(ProductBackend.using(library) { ProductBackend.current.name } == library.name)
    #expect(library.name.hasPrefix("OpenBLAS ") && ProductBackend.current.name == before)
    #expect(try MatrixProducts.openblas.backend().name == library.name)
    #expect(try MatrixProducts.builtin.backend().name == KernelSet.best.name)
  }

  @Test(arguments: ProductBackend.all, sizes)
  func `every back end multiplies`(backend: ProductBackend, size: (Int, Int, Int)) {
    let (a, b, c) = operands(size.0, size.1, size.2)
    let zeros = Tensor(zeros: [size.1])
    for precision in Precision.allCases {
      let (x, y) = precision == .fp32 ? (a, b) : (rounded(a), rounded(b))
      let expected = ScalarReference.linear(x, y, bias: zeros, residual: nil)
      let sum = ScalarReference.linear(x, y, bias: zeros, residual: c)
      expectClose(product(backend, precision, a, b), expected, relative: 2e-6, "\(backend.name) \(precision)")
      expectClose(
        product(backend, precision, a, b, addingTo: c), sum, relative: 2e-6, "\(backend.name) \(precision)")
      expectClose(
        product(backend, precision, a, transposed(b), transposing: false), expected, relative: 2e-6,
        "\(backend.name) \(precision), columns")
    }
  }

  @Test(arguments: sizes)
  func `bfloat16 products are the same bits on every kernel set`(size: (Int, Int, Int)) {
    let (a, b, c) = operands(size.0, size.1, size.2)
    let first = product(.builtin(.baseline), .bf16, a, b, addingTo: c).values
    // Arm's instruction and the tiles of AMX round otherwise: Tests/CKernels says how.
    for backend in ProductBackend.all where ![.neonBF16, .amxBF16].contains(backend.set) {
      #expect(product(backend, .bf16, a, b, addingTo: c).values == first, "\(backend.name)")
    }
  }

  @Test(arguments: sizes)
  func `kernel sets with fused multiply-add give the same bits in fp32`(size: (Int, Int, Int)) {
    let (a, b, _) = operands(size.0, size.1, size.2)
    let fused = KernelSet.allCases.filter { $0.isAvailable && $0 != .baseline }
    let results = fused.map { product(.builtin($0), .fp32, a, b).values }
    #expect(results.allSatisfy { $0 == results.first })
  }

  @Test func `numbers that are not finite stay so in bfloat16`() {
    let a = Tensor([.infinity, 1, .nan, 1, .greatestFiniteMagnitude, 1], shape: [3, 2])
    let ones = Tensor([1, 1], shape: [1, 2])
    for backend in ProductBackend.all {
      let values = product(backend, .bf16, a, ones).values
      #expect(values[0] == .infinity && values[1].isNaN && values[2] == .infinity, "\(backend.name)")
    }
  }

  @Test(arguments: ProductBackend.choices)
  func `the largest products and their first places are found, tile by tile`(backend: ProductBackend) {
    let (x, rows, _) = operands(9, 300, 24)
    let all = ScalarReference.linear(x, rows, bias: Tensor(zeros: [300]), residual: nil).values
    // A row that comes again later loses to its first place.
    let doubled = Tensor.concatenating([rows, rows])
    var (values, positions) = ([Float](repeating: 0, count: 9), [Int32](repeating: 0, count: 9))
    values.withUnsafeMutableBufferPointer { values in
      positions.withUnsafeMutableBufferPointer { positions in
        guard let values = values.baseAddress, let positions = positions.baseAddress else { return }
        ProductBackend.using(backend) {
          LargestProducts(doubled).find(x, value: values, position: positions)
        }
      }
    }
    for row in 0..<9 {
      let line = all[(row * 300)..<((row + 1) * 300)]
      let largest = line.max() ?? 0
      #expect(abs(values[row] - largest) <= 1e-5)
      // OpenBLAS may round the products of equal rows differently.
      let place = backend.library == nil ? Int(positions[row]) : Int(positions[row]) % 300
      #expect(place == line.firstIndex(of: largest).map { $0 - row * 300 })
    }
  }
}
