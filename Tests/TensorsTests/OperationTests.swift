import Foundation
import ReferenceFixtures
import Testing

@testable import Tensors

func exponential(_ x: Double) -> Double { exp(x) }

/// Every operation against plain loops in double precision, with every back end of matrix products.
@Suite struct OperationTests {
  @Test(arguments: ProductBackend.choices, [(1, 3, 5), (7, 33, 17), (300, 70, 40), (1100, 24, 65)])
  func `a linear layer adds bias and residual`(backend: ProductBackend, size: (Int, Int, Int)) {
    let (m, n, k) = size
    let (x, weight) = (random("x", [m, k]), random("w", [n, k]))
    let (bias, residual) = (random("b", [n]), random("r", [m, n]))
    ProductBackend.using(backend) {
      expectClose(
        linear(x, weight: StoredTensor(weight), bias: bias, adding: residual),
        ScalarReference.linear(x, weight, bias: bias, residual: residual), relative: 1e-6)
      expectClose(
        linear(x, weight: StoredTensor(weight), bias: bias),
        ScalarReference.linear(x, weight, bias: bias, residual: nil), relative: 1e-6)
    }
  }

  @Test(
    arguments: AttentionKernel.allCases, [(5, 5, true), (130, 130, true), (200, 77, false), (3, 1100, false)])
  func `attention equals its definition`(kernel: AttentionKernel, size: (Int, Int, Bool)) {
    let (n, m, causal) = size
    let (q, k, v) = (
      random("q", [2, n, 24], scale: 3), random("k", [2, m, 24], scale: 3), random("v", [2, m, 24])
    )
    let expected = ScalarReference.attention(q, k, v, heads: 3, causal: causal)
    for backend in ProductBackend.choices {
      let result = ProductBackend.using(backend) {
        scaledDotProductAttention(query: q, key: k, value: v, heads: 3, causal: causal, kernel: kernel)
      }
      expectClose(result, expected, relative: 2e-6, "\(backend.name)")
    }
  }

  /// Heads of every rest of a tile of 14 rows, queries of every rest of a panel of 32, an odd number of keys.
  @Test(
    arguments: ProductBackend.all,
    [(32, 224, 40), (145, 113, 7), (17, 77, 20), (49, 1, 64), (70, 901, 80)])
  func `every back end attends`(backend: ProductBackend, size: (Int, Int, Int)) {
    let (n, m, width) = (size.0, size.1, 2 * size.2)
    let (q, k, v) = (
      random("q", [1, n, width], scale: 2), random("k", [1, m, width], scale: 2), random("v", [1, m, width])
    )
    for causal in [false, true] {
      let expected = ScalarReference.attention(q, k, v, heads: 2, causal: causal)
      for (precision, tolerance) in [(Precision.fp32, 1e-6), (.bf16, 2e-2)] {
        expectClose(
          scaledDotProductAttention(
            query: q, key: k, value: v, heads: 2, causal: causal, kernel: .tiled, precision: precision,
            backend: backend),
          expected, relative: tolerance, "\(backend.name) \(precision)")
      }
    }
  }

  @Test func `attention survives scores beyond the range of exp`() {
    let (q, k, v) = (
      random("q", [1, 4, 8], scale: 300), random("k", [1, 9, 8], scale: 300), random("v", [1, 9, 8])
    )
    for backend in ProductBackend.choices {
      let result = ProductBackend.using(backend) {
        scaledDotProductAttention(query: q, key: k, value: v, heads: 1)
      }
      expectClose(
        result, ScalarReference.attention(q, k, v, heads: 1, causal: false), relative: 1e-5,
        "\(backend.name)")
    }
  }

  @Test func `group and layer norm equal their definitions, far from zero too`() {
    let x = random("x", [2, 30, 21, 12], scale: 0.5, offset: 20)
    let (gamma, beta) = (random("g", [12], offset: 1), random("b", [12]))
    expectClose(
      groupNorm(x, groups: 4, gamma: gamma, beta: beta, epsilon: 1e-5),
      ScalarReference.groupNorm(x, groups: 4, gamma: gamma, beta: beta, epsilon: 1e-5), relative: 1e-5)
    expectClose(
      groupNorm(x, groups: 4, gamma: gamma, beta: beta, epsilon: 1e-5, silu: true),
      ScalarReference.groupNorm(x, groups: 4, gamma: gamma, beta: beta, epsilon: 1e-5).silu(), relative: 1e-5)
    expectClose(
      layerNorm(x, gamma: gamma, beta: beta, epsilon: 1e-5),
      ScalarReference.layerNorm(x, gamma: gamma, beta: beta, epsilon: 1e-5), relative: 1e-5)
  }

  @Test func `activations equal their definitions over their whole range`() {
    let inputs = stride(from: Float(-30), through: 30, by: 0.01).map(\.self)
    let x = Tensor(inputs, shape: [inputs.count])
    func expected(_ body: (Double) -> Double) -> Tensor {
      Tensor(inputs.map { Float(body(Double($0))) }, shape: x.shape)
    }
    func gelu(_ x: Double) -> Double { 0.5 * x * erfc(-x / 2.0.squareRoot()) }
    #expect(x.relu().values == inputs.map { max($0, 0) })
    expectClose(x.silu(), expected { $0 / (1 + exp(-$0)) }, relative: 1e-6)
    expectClose(x.quickGELU(), expected { $0 / (1 + exp(-1.702 * $0)) }, relative: 1e-6)
    expectClose(x.gelu(), expected(gelu), relative: 1e-6)
    #expect(zip(x.gelu().values, expected(gelu).values).allSatisfy { abs($0 - $1) < 2e-6 })
    let gated = Tensor.concatenatingChannels(
      random("v", [inputs.count, 1]), x.reshaped([inputs.count, 1]))
    let products = zip(random("v", [inputs.count, 1]).values, inputs).map {
      Float(Double($0) * gelu(Double($1)))
    }
    let identity = StoredTensor(Tensor([1, 0, 0, 1], shape: [2, 2]))
    expectClose(
      gatedLinear(gated, weight: identity), Tensor(products, shape: [inputs.count, 1]), relative: 1e-6)
  }

  @Test func `what is not a number stays so through activations`() {
    let x = Tensor([.nan, -.nan, .infinity, 1], shape: [4])
    for y in [x.silu(), x.gelu(), x.quickGELU()] {
      #expect(y.values[0].isNaN && y.values[1].isNaN && y.values[2] == .infinity && y.values[3].isFinite)
    }
  }

  @Test func `upsampling repeats the nearest source`() {
    let x = Tensor([1, 2, 3, 4, 5, 6], shape: [1, 2, 3, 1])
    #expect(x.upsampledNearest(height: 3, width: 5).values == [1, 1, 2, 2, 3, 1, 1, 2, 2, 3, 4, 4, 5, 5, 6])
  }

  @Test func `images are repeated in their order`() {
    let x = Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3])
    #expect(x.repeated(to: 4).values == x.values + x.values && x.repeated(to: 4).shape == [4, 3])
    #expect(x.repeated(to: 2).values == x.values)
  }

  @Test(arguments: [(3, 2), (2, 2), (1, 1), (3, 3)])
  func `max pooling takes the largest of every whole window`(kernel: Int, stride: Int) {
    let (batch, height, width, channels) = (2, 8, 7, 5)
    let x = random("x", [batch, height, width, channels])
    let values = x.values
    let pooled = x.maxPooled(kernel: kernel, stride: stride)
    let (rows, columns) = ((height - kernel) / stride + 1, (width - kernel) / stride + 1)
    #expect(pooled.shape == [batch, rows, columns, channels])
    var expected: [Float] = []
    for image in 0..<batch {
      for y in 0..<rows {
        for x in 0..<columns {
          for channel in 0..<channels {
            var largest = -Float.infinity
            for row in (y * stride)..<(y * stride + kernel) {
              for column in (x * stride)..<(x * stride + kernel) {
                largest = max(largest, values[((image * height + row) * width + column) * channels + channel])
              }
            }
            expected.append(largest)
          }
        }
      }
    }
    #expect(pooled.values == expected)
  }

  @Test func `rows are normalised to length one`() {
    let rows = random("x", [5, 37]).rowsNormalized().values
    for row in 0..<5 {
      #expect(abs(rows[(row * 37)..<((row + 1) * 37)].reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
    }
  }

  @Test func `a vector is added to every position of its image`() {
    let sum = Tensor(zeros: [2, 2, 1, 2]).addingToEveryPosition(Tensor([1, 2, 3, 4], shape: [2, 2]))
    #expect(sum.values == [1, 2, 1, 2, 3, 4, 3, 4])
  }
}

/// How work is cut for threads: nothing twice, nothing left out, pieces neither few nor tiny.
@Suite struct CutTests {
  private func blocks(_ m: Int, _ n: Int, _ k: Int) -> ProductBlocks {
    ProductBlocks(m: m, n: n, of: PanelProduct(k: k, precision: .fp32, backend: .builtin(.best)))
  }

  @Test(arguments: [
    (1, 1, 1), (2, 1280, 1280), (154, 320, 768), (300, 70, 9000), (8192, 320, 320), (1000, 33, 4000),
  ])
  func `blocks of a product cover each result once`(m: Int, n: Int, k: Int) {
    let blocks = blocks(m, n, k)
    var counts = [Int](repeating: 0, count: m * n)
    for index in 0..<blocks.count {
      let (rows, columns) = blocks[index]
      #expect(!rows.isEmpty && !columns.isEmpty)
      for row in rows { for column in columns { counts[row * n + column] += 1 } }
    }
    #expect(counts.allSatisfy { $0 == 1 })
  }

  @Test func `products of Stable Diffusion have enough blocks for 16 threads, small ones few`() {
    // Of 64×64, 32×32 and 16×16 maps in pairs, of merged tokens, and of the texts.
    for (m, n, k) in [(8192, 320, 320), (4096, 320, 320), (2048, 640, 640), (512, 1280, 1280)] {
      #expect(blocks(m, n, k).count >= 32, "\(m) \(n) \(k)")
    }
    #expect(blocks(154, 1280, 768).count == 40 && blocks(154, 320, 768).count == 10)
    #expect(blocks(64, 32, 32).count == 1 && blocks(512, 64, 64).count == 1)
  }

  @Test(arguments: [(40, 40, 1800), (48, 56, 1300)])
  func `cuts of tiles give the same with their values in one loop or in several`(
    height: Int, width: Int, channels: Int
  ) {
    let x = random("x", [1, height, width, channels])
    let weight = StoredTensor(random("w", [40, channels, 3, 3]))
    let geometry = ConvolutionGeometry(kernel: 3, stride: 1, padding: 1)
    expectClose(
      convolution(x, weight: weight, bias: nil, geometry: geometry, method: .winograd),
      convolution(x, weight: weight, bias: nil, geometry: geometry, method: .direct), relative: 2e-5)
  }

  @Test func `results of a loop come in their order, all of them in a rehearsal too`() {
    #expect(Parallel.map(100) { $0 * $0 } == (0..<100).map { $0 * $0 })
    #expect(Parallel.map(0) { $0 } == [])
    #expect(Rehearsal.run { Parallel.map(3) { "\($0)" } } == ["0", "1", "2"])
  }
}

/// Changes the process-wide thread count, so its tests run one after another.
@Suite(.serialized) struct DeterminismTests {
  @Test(arguments: ProductBackend.choices, Precision.allCases)
  func `results are the same bits for every number of threads`(
    backend: ProductBackend, precision: Precision
  ) {
    let before = Parallel.threadCount
    defer { Parallel.threadCount = before }
    let x = random("x", [2, 40, 36, 32])
    let weight = StoredTensor(random("w", [48, 32, 3, 3]))
    let winograd = StoredTensor(random("v", [48, 48, 3, 3]))
    let few = StoredTensor(random("f", [640, 96, 3, 3]))
    let (gamma, beta) = (random("g", [48], offset: 1), random("b", [48]))
    let (gammas, betas) = (random("h", [640], offset: 1), random("c", [640]))
    func compute(threads: Int) -> [Float] {
      Parallel.threadCount = threads
      let geometry = ConvolutionGeometry(kernel: 3, stride: 1, padding: 1)
      let map = convolution(
        x, weight: weight, bias: beta, geometry: geometry, precision: precision, method: .direct)
      let again = convolution(
        map, weight: winograd, bias: beta, geometry: geometry, adding: map, method: .winograd)
      let normed = groupNorm(again, groups: 8, gamma: gamma, beta: beta, epsilon: 1e-5, silu: true)
      let tokens = normed.reshaped([2, 40 * 36, 48])
      let projected = linear(
        tokens, weight: StoredTensor(random("p", [48, 48])), bias: beta, precision: precision)
      let attended = scaledDotProductAttention(
        query: projected, key: tokens, value: tokens, heads: 4, precision: precision)
      // Few tiles, in two cuts; moments of some channels each.
      let wide = Tensor.concatenatingChannels(attended, tokens).reshaped([2, 40, 36, 96])
      let small = convolution(
        wide.upsampledNearest(height: 30, width: 28), weight: few, bias: nil, geometry: geometry,
        method: .winograd
      ).addingToEveryPosition(random("a", [2, 640]))
      return groupNorm(small, groups: 32, gamma: gammas, beta: betas, epsilon: 1e-5).values
    }
    ProductBackend.using(backend) {
      let single = compute(threads: 1)
      for threads in [2, 3, 8, 16] { #expect(compute(threads: threads) == single, "\(threads) threads") }
    }
  }

  @Test(arguments: ProductBackend.choices, Precision.allCases)
  func `images attend together or one after the other, with the same bits`(
    backend: ProductBackend, precision: Precision
  ) {
    let before = Parallel.threadCount
    defer { Parallel.threadCount = before }
    let (q, k, v) = (random("q", [3, 1300, 48]), random("k", [3, 1300, 48]), random("v", [3, 1300, 48]))
    // 36 blocks an image: of three images, one thread takes one at a time, two threads two, eight threads all.
    func attended(threads: Int) -> [Float] {
      Parallel.threadCount = threads
      let tiles = AttentionTiles(
        queries: 1300, keys: 1300, width: 48, heads: 6, causal: false, kernel: .tiled, precision: precision,
        backend: backend)
      #expect(tiles.imagesAtOnce(of: 3, heads: 6) == [1: 1, 2: 2, 8: 3][threads])
      return ProductBackend.using(backend) {
        scaledDotProductAttention(query: q, key: k, value: v, heads: 6, precision: precision).values
      }
    }
    let single = attended(threads: 1)
    for threads in [2, 8] { #expect(attended(threads: threads) == single, "\(threads) threads") }
    let second = ProductBackend.using(backend) {
      scaledDotProductAttention(
        query: q.slice(1..<2), key: k.slice(1..<2), value: v.slice(1..<2), heads: 6, precision: precision)
    }
    #expect(Array(single[(1300 * 48)..<(2 * 1300 * 48)]) == second.values)
  }
}
