import CKernels

/// 3×3 convolution, stride 1, padding 1, by Winograd's minimal filtering F(4×4, 3×3)
/// (Lavin & Gray 2016): 4×4 results from 36 multiplications a channel pair instead of 144.
///
/// Exact in real numbers; in fp32 the transforms cost about one decimal digit against the
/// direct method (relative error near 1e-6 for one layer).
///
/// What is transformed has to stay in a cache until it has been multiplied, in one of two
/// orders. Where a map has many tiles, all weights are transformed first, and every thread takes
/// a few tiles from their pixels to their results. Where it has few, weights are most of what is
/// moved: then tiles are transformed first, and every thread takes a panel or two of 32 outputs and
/// transforms their weights some channels at a time.
///
/// Of a doubled map, 11 of the 36 products are zero whatever its pixels are (see winograd.c), and are left out: it is
/// computed from the pixels before they were doubled, and gives the same bits.
struct WinogradConvolution {
  private let size: ConvolutionSize
  private let grid: WinogradTiles
  private let keptBytes: Int

  /// - Parameter keptBytes: how much memory transformed weights may take where they are kept
  init(_ size: ConvolutionSize, keptBytes: Int = 128 << 20) {
    self.size = size
    self.keptBytes = keptBytes
    grid = WinogradTiles(size)
  }

  /// The numbers of one transformed value lie together; an odd number of cache lines is left
  /// before the next one, because at a power of two all 36 would fall on the same places of the cache.
  private static let gap = 16
  private static let values = 36
  /// Those of them that are multiplied.
  private var multiplied: [Int] { size.doubled ? Self.notZeroOfDoubled : Self.all }
  private static let all = Array(0..<values)
  private static let notZeroOfDoubled = all.filter {
    $0 / 6 != Int(CK_WINOGRAD_ZERO) && $0 % 6 != Int(CK_WINOGRAD_ZERO)
  }

  /// Whether weights are transformed once and kept for the length of the convolution.
  private var keepsWeights: Bool { grid.count >= 320 }
  /// Outputs whose weights are kept at once: all, but for the widest layers. For the others tiles are transformed again,
  /// which for so many channels is a fiftieth of the work.
  private var outputsAtOnce: Int {
    let bytes = Self.values * size.input * size.output * MemoryLayout<Float>.size
    let parts = max(1, (bytes + keptBytes - 1) / keptBytes)
    return min(size.output, ((size.output + parts - 1) / parts + 63) / 64 * 64)
  }
  /// Cuts of the tiles where weights are not kept: each transforms them again.
  private var cuts: Int { keepsWeights ? 1 : (grid.count + 63) / 64 }

  /// Transformed numbers of inputs, weights and results, which cost what they take to move.
  var transformedCounts: (inputs: Int, weights: Int, results: Int) {
    (
      Self.values * grid.count * size.input, Self.values * cuts * size.input * size.output,
      Self.values * grid.count * size.output
    )
  }

  /// The operands of one call, whose pointers live as long as it does.
  private struct Operands {
    let x: UnsafePointer<Float>
    let weight: StoredTensor
    let bias: UnsafePointer<Float>?
    let residual: UnsafePointer<Float>?
    let out: UnsafeMutablePointer<Float>
    /// A pixel outside the image.
    let zeros: UnsafePointer<Float>
    let backend: ProductBackend
  }

  /// - Parameters:
  ///   - x: `[batch, height, width, input]`; of a doubled map half of its rows and columns
  ///   - weight: `[output, input, 3, 3]`
  ///   - bias: `[output]`
  ///   - residual: `[batch, height, width, output]`, added to the result
  ///   - out: `[batch, height, width, output]`
  func apply(
    _ x: UnsafePointer<Float>, _ weight: StoredTensor, bias: UnsafePointer<Float>?,
    residual: UnsafePointer<Float>?, into out: UnsafeMutablePointer<Float>
  ) {
    withScratch(size.input) { zeros in
      zeros.update(repeating: 0, count: size.input)
      let operands = Operands(
        x: x, weight: weight, bias: bias, residual: residual, out: out, zeros: zeros, backend: .current)
      if keepsWeights { applyKeepingWeights(operands) } else { applyByPanels(operands) }
    }
  }

  // MARK: Many tiles

  private func applyKeepingWeights(_ operands: Operands) {
    let product = PanelProduct(k: size.input, precision: .fp32, backend: operands.backend)
    let outputsAtOnce = outputsAtOnce
    let stride = product.packedCount(columns: outputsAtOnce) + Self.gap
    // Weights that do not fit into a third-level cache are read once for all of a thread's tiles.
    let fewest = Self.values * stride * MemoryLayout<Float>.size > 16 << 20 ? 42 : 28
    // The nearest multiple of 16 blocks, so that 2, 4, 8 or 16 threads end at the same time.
    let blocks = max(1, (grid.count + 8 * fewest) / (16 * fewest)) * 16
    let tilesAtOnce = (grid.count + blocks - 1) / blocks
    withScratch(Self.values * stride) { weights in
      for first in Swift.stride(from: 0, to: size.output, by: outputsAtOnce) {
        let outputs = first..<min(first + outputsAtOnce, size.output)
        Parallel.forEachChunk(of: outputs.count, size: 32) { part in
          let place = product.place(of: part, among: outputs.count)
          operands.weight.withRows((first + part.lowerBound)..<(first + part.upperBound)) { rows in
            ck_winograd_weight(
              rows, 9 * size.input, part.count, size.input, weights + place.offset, place.ld, stride)
          }
        }
        Parallel.forEachChunk(of: grid.count, size: tilesAtOnce) { tiles in
          convolve(tiles, outputs, operands, weights: weights, stride: stride, product)
        }
      }
    }
  }

  /// Some tiles with outputs whose weights are there, two panels at a time.
  private func convolve(
    _ tiles: Range<Int>, _ outputs: Range<Int>, _ operands: Operands, weights: UnsafePointer<Float>,
    stride: Int, _ product: PanelProduct
  ) {
    let group = min(64, outputs.count)
    let inputs = tiles.count * size.input + Self.gap
    let results = tiles.count * group + Self.gap
    withScratch(Self.values * (inputs + results)) { values in
      let products = values + Self.values * inputs
      transform(tiles, operands, into: values, stride: inputs)
      for first in Swift.stride(from: outputs.lowerBound, to: outputs.upperBound, by: group) {
        let part = first..<min(first + group, outputs.upperBound)
        for value in multiplied {
          product.multiply(
            m: tiles.count, n: part.count, .init(base: values + value * inputs, ld: size.input),
            product.written(
              weights + value * stride, from: first - outputs.lowerBound, among: outputs.count),
            into: products + value * results, part.count, accumulate: false)
        }
        finish(tiles, part, operands, products: products, stride: results)
      }
    }
  }

  // MARK: Few tiles

  private func applyByPanels(_ operands: Operands) {
    let tilesAtOnce = (grid.count + cuts - 1) / cuts
    // Cuts whose values fit into a third-level cache together share a loop: there are more panels to hand out.
    let bytes = Self.values * tilesAtOnce * size.input * MemoryLayout<Float>.size
    let together = tilesAtOnce * max(1, min(cuts, (24 << 20) / max(bytes, 1)))
    let stride = min(together, grid.count) * size.input + Self.gap
    withScratch(Self.values * stride) { values in
      for first in Swift.stride(from: 0, to: grid.count, by: together) {
        let tiles = first..<min(first + together, grid.count)
        Parallel.forEachChunk(of: tiles.count, size: max(1, 1024 / max(size.input, 1))) { part in
          transform(
            (first + part.lowerBound)..<(first + part.upperBound), operands,
            into: values + part.lowerBound * size.input, stride: stride)
        }
        let cuts = (tiles.count + tilesAtOnce - 1) / tilesAtOnce
        let panelSize = panelSize(tiles: tilesAtOnce, cuts: cuts, operands)
        let panels = panels(of: panelSize.outputs, cuts: cuts, operands)
        Parallel.forEach(panels.count) { index in
          let (cut, outputs) = panels[index]
          let part = (cut * tilesAtOnce)..<min((cut + 1) * tilesAtOnce, tiles.count)
          convolve(
            (first + part.lowerBound)..<(first + part.upperBound), outputs, operands,
            channelsAtOnce: min(panelSize.channels, size.input),
            values: values + part.lowerBound * size.input, stride: stride)
        }
      }
    }
  }

  /// How many outputs a thread takes at once, and how many channels of theirs. AVX2's small tiles of results read their
  /// operands so often that these should lie in the first-level cache, and many tiles of the map are read less often
  /// by two panels together, where there are enough of them for all threads.
  private func panelSize(tiles: Int, cuts: Int, _ operands: Operands) -> (outputs: Int, channels: Int) {
    guard operands.backend.library == nil, operands.backend.set == .avx2 else { return (32, 256) }
    let pairs = cuts * (size.output + 63) / 64
    return tiles >= 32 && pairs >= 4 * Parallel.threadCount ? (64, 64) : (32, 128)
  }

  /// Panels of outputs for every cut of the tiles. Where a last few would be computed while most threads wait, they are
  /// halved, which the kernels' results do not depend on.
  private func panels(
    of width: Int, cuts: Int, _ operands: Operands
  ) -> [(cut: Int, outputs: Range<Int>)] {
    let panels = (0..<cuts).flatMap { cut in
      Swift.stride(from: 0, to: size.output, by: width).map { (cut, $0..<min($0 + width, size.output)) }
    }
    let threads = Parallel.threadCount
    let last = panels.count % threads
    guard last > 0, 2 * last <= threads, operands.backend.library == nil else { return panels }
    return panels.dropLast(last)
      + panels.suffix(last).flatMap { cut, outputs in
        let middle = min(outputs.lowerBound + width / 2, outputs.upperBound)
        let halves = [outputs.lowerBound..<middle, middle..<outputs.upperBound]
        return halves.filter { !$0.isEmpty }.map { (cut, $0) }
      }
  }

  /// A panel of outputs of some transformed tiles, or two.
  private func convolve(
    _ tiles: Range<Int>, _ outputs: Range<Int>, _ operands: Operands, channelsAtOnce: Int,
    values: UnsafePointer<Float>, stride: Int
  ) {
    let whole = PanelProduct(k: channelsAtOnce, precision: .fp32, backend: operands.backend)
    let weightStride = whole.packedCount(columns: outputs.count) + Self.gap
    let results = tiles.count * outputs.count + Self.gap
    withScratch(Self.values * (weightStride + results)) { weights in
      let products = weights + Self.values * weightStride
      operands.weight.withRows(outputs) { rows in
        for first in Swift.stride(from: 0, to: size.input, by: channelsAtOnce) {
          let product = whole.with(k: min(channelsAtOnce, size.input - first))
          // Panels of their own, not among those of other outputs.
          for column in Swift.stride(from: 0, to: outputs.count, by: 32) {
            let part = column..<min(column + 32, outputs.count)
            let place = product.place(of: part, among: outputs.count)
            ck_winograd_weight(
              rows + 9 * (column * size.input + first), 9 * size.input, part.count, product.k,
              weights + place.offset, place.ld, weightStride)
          }
          for value in multiplied {
            product.multiply(
              m: tiles.count, n: outputs.count, .init(base: values + value * stride + first, ld: size.input),
              product.written(weights + value * weightStride, among: outputs.count),
              into: products + value * results, outputs.count, accumulate: first > 0)
          }
        }
      }
      finish(tiles, outputs, operands, products: products, stride: results)
    }
  }

  // MARK: Transforms

  /// The transformed values of some tiles, `[36][tiles, input]`, the 36 `stride` apart.
  private func transform(
    _ tiles: Range<Int>, _ operands: Operands, into values: UnsafeMutablePointer<Float>, stride: Int
  ) {
    grid.forEachTile(tiles, of: operands.x, channels: size.input, outside: operands.zeros) { index, taps in
      ck_winograd_input(taps, size.input, size.doubled ? 1 : 0, values + index * size.input, stride)
    }
  }

  /// From the products of some tiles, `[36][tiles, outputs]`, their pixels.
  private func finish(
    _ tiles: Range<Int>, _ outputs: Range<Int>, _ operands: Operands, products: UnsafePointer<Float>,
    stride: Int
  ) {
    let first = outputs.lowerBound
    grid.forEachResult(
      tiles, in: operands.out + first, residual: operands.residual.map { $0 + first }, channels: size.output
    ) { index, targets, residuals in
      ck_winograd_output(
        products + index * outputs.count, stride, outputs.count, size.doubled ? 1 : 0,
        operands.bias.map { $0 + first }, residuals, targets)
    }
  }
}
