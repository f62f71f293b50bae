import COpenBLAS
import Checkpoints
import Foundation
import Layers
import Statistics
import Tensors

/// Layers of Stable Diffusion's UNet against OpenBLAS's plain matrix product of the same size, on one thread, in
/// turn: what is compared is a quotient, never a time.
///
///     swift run -c release kernel-speed            the table
///     swift run -c release kernel-speed --check    ends with 1 when a quotient is above its bound
@main struct KernelSpeed {
  /// A layer, and the products that a straightforward implementation would leave to BLAS.
  struct Shape {
    let name: String
    let products: [(m: Int, n: Int, k: Int)]
    /// Above this something is wrong on any machine.
    let bound: Double
    let layer: () -> Void
  }

  static let rounds = 15

  static func main() throws {
    Parallel.threadCount = 1
    openblas_set_num_threads(1)
    var isFine = true
    print("layer                                            ms   sgemm ms  quotient (spread)        bound")
    for shape in try shapes() {
      let (layer, product, quotient) = measure(shape)
      isFine = isFine && quotient.median <= shape.bound
      let columns = [
        String(format: "%8.2f", 1000 * layer), String(format: "%9.2f", 1000 * product),
        String(format: "%9.2f (%.2f–%.2f)", quotient.median, quotient.low, quotient.high),
        String(format: "%12.2f", shape.bound) + (quotient.median <= shape.bound ? "" : "  too slow"),
      ]
      print(shape.name.padding(toLength: 44, withPad: " ", startingAt: 0), columns.joined(separator: " "))
    }
    if CommandLine.arguments.contains("--check"), !isFine { exit(1) }
  }

  /// Seconds of both (medians), and the quotients of neighbours in time.
  static func measure(_ shape: Shape) -> (layer: Double, product: Double, quotient: MedianInterval) {
    let products = shape.products.map(Product.init)
    func time(_ body: () -> Void) -> Double {
      let start = ContinuousClock.now
      body()
      return start.duration(to: .now) / .seconds(1)
    }
    shape.layer()
    products.forEach { $0() }
    let turns = (0..<rounds).map { _ in
      (layer: time(shape.layer), product: time { products.forEach { $0() } })
    }
    return (
      MedianInterval(of: turns.map(\.layer)).median, MedianInterval(of: turns.map(\.product)).median,
      MedianInterval(of: turns.map { $0.layer / $0.product })
    )
  }

  static func shapes() throws(CheckpointError) -> [Shape] {
    let random = RandomTensors(seed: 0)
    let weights = Weights(random)
    func input(_ shape: Tensors.Shape) -> Tensor { random.tensor("input \(shape)", shape) }
    func convolution(_ map: Tensors.Shape, to output: Int, bound: Double) throws(CheckpointError) -> Shape {
      let (pixels, channels) = (map[0] * map[1] * map[2], map[3])
      let layer = try Convolution(weights["\(channels) to \(output)"], channels, output)
      let x = input(map)
      return Shape(
        name: "3×3 convolution, \(map[0])×\(map[1])×\(map[2]), \(channels) → \(output)",
        products: [(pixels, output, 9 * channels)], bound: bound
      ) { _ = layer(x) }
    }
    func linear(_ rows: Int, _ k: Int, to n: Int, bound: Double) throws(CheckpointError) -> Shape {
      let layer = try Linear(weights["\(k) to \(n), linear"], k, n)
      let x = input([rows, k])
      return Shape(name: "linear, \(rows) rows, \(k) → \(n)", products: [(rows, n, k)], bound: bound) {
        _ = layer(x)
      }
    }
    let attended = input([1, 4096, 80])
    return [
      // Winograd with its weights kept (the decoder's, the finest level's), and by panels (many channels).
      try convolution([1, 128, 512, 128], to: 128, bound: 0.9),
      try convolution([2, 64, 64, 320], to: 320, bound: 0.9),
      try convolution([2, 32, 32, 640], to: 640, bound: 0.9),
      try convolution([2, 16, 16, 2560], to: 1280, bound: 0.9),
      try convolution([2, 8, 8, 1280], to: 1280, bound: 1.5),
      try linear(8192, 320, to: 2560, bound: 1.6),
      // Rows a multiple of 4 KiB apart.
      try linear(257, 1024, to: 1024, bound: 1.6), try linear(512, 5120, to: 1280, bound: 1.6),
      Shape(
        name: "attention, 4096 tokens, 2 heads of 40",
        products: [(4096, 4096, 40), (4096, 40, 4096), (4096, 4096, 40), (4096, 40, 4096)], bound: 2
      ) { _ = scaledDotProductAttention(query: attended, key: attended, value: attended, heads: 2) },
    ]
  }
}

/// `a · bᵀ` of OpenBLAS with operands of its own.
struct Product {
  let m, n, k: Int
  private let a, b: [Float]
  private let out: UnsafeMutablePointer<Float>

  init(_ size: (m: Int, n: Int, k: Int)) {
    (m, n, k) = size
    a = (0..<m * k).map { Float($0 % 17) / 17 - 0.5 }
    b = (0..<n * k).map { Float($0 % 19) / 19 - 0.5 }
    // Lives as long as the program, which is short.
    out = .allocate(capacity: m * n)
    out.initialize(repeating: 0, count: m * n)
  }

  func callAsFunction() {
    cblas_sgemm(
      CblasRowMajor, CblasNoTrans, CblasTrans, blasint(m), blasint(n), blasint(k), 1, a, blasint(k), b,
      blasint(k),
      0, out, blasint(n))
  }
}
