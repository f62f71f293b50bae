/// The columns of a product: the rows of a weight `[n, channels]`, or of `[n, channels, taps]` in the order
/// `[taps, channels]` of a convolution's patches (see ``DirectConvolution``).
///
/// They are packed where they are used, into scratch memory; in bf16 once for all products to come, if the weight keeps
/// them (see ``KeptColumns``).
struct WeightColumns {
  private let weight: StoredTensor
  private let taps: Int
  /// Of one of the parts that the columns come in, which begin with a panel each.
  private let width: Int
  private let product: PanelProduct
  private let kept: KeptColumns.Memory?

  /// - Parameter parts: as many as there are columns that are asked for side by side, as a gated layer's are
  init(_ weight: StoredTensor, parts: Int = 1, taps: Int = 1, of product: PanelProduct) {
    self.weight = weight
    self.taps = taps
    self.product = product
    let width = weight.shape[0] / parts
    self.width = width
    guard product.precision == .bf16, let columns = weight.keptColumns else {
      kept = nil
      return
    }
    let count = product.packedCount(columns: (parts - 1) * Self.panels(width) * 32 + width)
    kept = columns.memory(
      .init(parts: parts, taps: taps), count: count, insteadOf: weight.storedBytes
    ) { target in
      Parallel.forEach(parts * Self.panels(width)) { panel in
        let part = panel / Self.panels(width)
        let first = part * width + panel % Self.panels(width) * 32
        product.withColumns(
          weight, rows: first..<min(first + 32, (part + 1) * width), taps: taps,
          scratch: target + product.offset(of: 32 * panel)
        ) { _ in }
      }
      weight.giveBackPages()
    }
  }

  private static func panels(_ columns: Int) -> Int { (columns + 31) / 32 }

  /// Floats of scratch memory that ``withRange(_:scratch:_:)`` takes for so many.
  func scratchCount(_ columns: Int) -> Int {
    kept == nil ? product.scratchCount(columns: columns, taps: taps) : 0
  }

  /// Calls `body` with some of a part's columns, from one that is a multiple of 32 there on.
  ///
  /// - Parameter scratch: of ``scratchCount(_:)``
  func withRange(
    _ range: Range<Int>, scratch: UnsafeMutablePointer<Float>, _ body: (PanelProduct.RightOperand) -> Void
  ) {
    guard let kept else {
      return product.withColumns(weight, rows: range, taps: taps, scratch: scratch, body)
    }
    let (part, column) = range.lowerBound.quotientAndRemainder(dividingBy: width)
    body(product.packed(kept.base, from: part * Self.panels(width) * 32 + column))
  }
}
