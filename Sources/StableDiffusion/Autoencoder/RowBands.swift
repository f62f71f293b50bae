import Layers
import Tensors

/// 3×3 convolutions of large maps in bands of rows: of what lies between two whole maps, such as a normalised
/// input, only a band exists at a time.
///
/// A band is a window of rows, those at its inner edges belonging to its neighbours' results. It begins at a
/// multiple of four rows: Winograd's 4×4 tiles then lie as they do in the whole map, and the results are the same.
struct RowBands: Sendable {
  /// What the maps of a band may take.
  let bytes: Int

  /// Below 2 GiB for everything at 1024×1024 with Stable Diffusion's decoder, where two whole maps take 1.5 GiB;
  /// the rows that two bands both compute are then 4 % of the largest maps.
  static let standard = RowBands(bytes: 320 << 20)

  private static let alignment = 4
  private static let fewestRows = 24

  struct Band: Hashable {
    /// The rows that are convolved together.
    let window: Range<Int>
    /// Those whose results count.
    let results: Range<Int>
  }

  /// The bands of a map of `height` rows: windows of one height (but for what lacks to a multiple of four), so
  /// that they share their memory.
  /// - Parameter rowBytes: what one row takes in all maps of a band
  func bands(height: Int, rowBytes: Int) -> [Band] {
    let unit = Self.alignment
    let window = max(bytes / rowBytes / unit * unit, Self.fewestRows)
    guard window + unit <= height else { return [Band(window: 0..<height, results: 0..<height)] }
    // The first rows of a window are only there to align its tiles, the last ones lack their lower neighbours.
    let step = window - 2 * unit
    let steps = (height - window + step - 1) / step
    let starts = (0...steps).map { $0 * (height - window) / steps / unit * unit }
    return starts.indices.map { index in
      let isLast = index == steps
      return Band(
        window: starts[index]..<(isLast ? height : starts[index] + window),
        results: (index == 0 ? 0 : starts[index] + unit)..<(isLast ? height : starts[index + 1] + unit))
    }
  }

  /// `convolution(prepare(x), doubled: doubled)` as a new map.
  ///
  /// - Parameters:
  ///   - x: `[1, height, width, channels]`
  ///   - doubled: whether what is convolved is twice as high and as wide
  ///   - output: channels of the result
  ///   - prepare: acts on every row of `x` by itself
  /// - Returns: `[1, height, width, output]`, or twice that height and width
  func convolve(
    _ x: Tensor, doubled: Bool = false, with convolution: Convolution, output: Int,
    prepare: (Tensor) -> Tensor
  ) -> Tensor {
    let whole = doubled ? x.shape.doubledMap : x.shape
    let (height, width, channels) = (whole[1], whole[2], whole[3])
    let bands = bands(height: height, rowBytes: width * (channels + output) * MemoryLayout<Float>.size)
    guard bands.count > 1 else { return convolution(prepare(x), doubled: doubled) }
    var result = Tensor(uninitialized: [height, width, output]) { _ in }
    for band in bands {
      let rows = x.rows(band.window, scale: doubled ? 2 : 1)
      let convolved = convolution(prepare(rows), doubled: doubled, partOf: whole)
      result.replaceRows(from: band.results.lowerBound, by: Self.results(of: band, convolved))
    }
    return result.reshaped([1, height, width, output])
  }

  /// `convolution(prepare(x)) + residual` in the memory of `x`, whose channels it has.
  ///
  /// - Parameter residual: given rows and its width of channels, what is added there
  func replace(
    _ x: inout Tensor, with convolution: Convolution, prepare: (Tensor) -> Tensor,
    adding residual: (Range<Int>) -> Tensor
  ) {
    let (shape, height) = (x.shape, x.shape[1])
    let bands = bands(height: height, rowBytes: 3 * shape[2] * shape[3] * MemoryLayout<Float>.size)
    guard bands.count > 1 else {
      x = convolution(prepare(x), adding: residual(0..<height))
      return
    }
    // A band's rows are still read for the next one: its results are written after that.
    var pending: (start: Int, rows: Tensor)?
    func write() {
      guard let last = pending else { return }
      pending = nil
      x = x.reshaped([height, shape[2], shape[3]])
      x.replaceRows(from: last.start, by: last.rows)
      x = x.reshaped(shape)
    }
    for band in bands {
      let prepared = prepare(x.rows(band.window))
      write()
      let convolved = convolution(prepared, adding: residual(band.window), partOf: shape)
      pending = (band.results.lowerBound, Self.results(of: band, convolved))
    }
    write()
  }

  /// Of the convolved window `x` the rows that count: `[rows, width, channels]`.
  private static func results(of band: Band, _ x: Tensor) -> Tensor {
    let first = band.results.lowerBound - band.window.lowerBound
    return x.reshaped(Shape(Array(x.shape.dimensions.dropFirst()))).view(first..<(first + band.results.count))
  }
}

extension Tensor {
  /// Of `[1, height, width, channels]`, the rows that become `range` when every one is repeated `scale` times;
  /// a view.
  func rows(_ range: Range<Int>, scale: Int = 1) -> Tensor {
    let rows = (range.lowerBound / scale)..<((range.upperBound + scale - 1) / scale)
    return reshaped(Shape(Array(shape.dimensions.dropFirst()))).view(rows)
      .reshaped(Shape([1, rows.count] + shape.dimensions.dropFirst(2)))
  }
}

extension ResnetBlock {
  /// The block without a time embedding, in bands: besides its input and its result no whole map exists.
  ///
  /// - Parameter x: `[1, height, width, input]`
  /// - Returns: `[1, height, width, output]`
  func callAsFunction(_ x: Tensor, bands: RowBands) -> Tensor {
    let first = norm1.affine(of: x)
    var hidden = bands.convolve(x, with: conv1, output: output) { first($0, silu: true) }
    // The second convolution's bands have other sizes.
    if shortcut != nil { BufferPool.shared.drain() }
    let second = norm2.affine(of: hidden)
    bands.replace(&hidden, with: conv2) {
      second($0, silu: true)
    } adding: { rows in
      let residual = x.rows(rows)
      return shortcut.map { $0(residual, partOf: x.shape) } ?? residual
    }
    return hidden
  }
}
