import CKernels

/// A weight as its checkpoint stores it: half-precision numbers stay where they lie, and
/// are widened a few rows at a time where they are used.
///
/// Widening is exact, so that results have the same bits as with ``widened()`` weights.
public struct StoredTensor: Sendable {
  /// The half-precision formats of checkpoints.
  public enum HalfPrecision: Sendable {
    case float16
    case bfloat16
  }

  private enum Storage: Sendable {
    case fp32(Tensor)
    case half(Bytes, HalfPrecision)

    func reshaped(_ shape: Shape) -> Storage {
      switch self {
      case .fp32(let tensor): .fp32(tensor.reshaped(shape))
      case .half: self
      }
    }

    /// Whose file the numbers lie in, if they do.
    var pages: (any FilePages)? {
      switch self {
      case .fp32(let tensor): tensor.storage.pages
      case .half(let bytes, _): bytes.owner as? any FilePages
      }
    }
  }

  /// Memory that `owner` keeps as it is.
  private struct Bytes: @unchecked Sendable {
    let base: UnsafeRawPointer
    let owner: any AnyObject & Sendable
  }

  /// The extents, outermost first.
  public let shape: Shape
  private let storage: Storage
  /// The columns of products with it in bfloat16, nil unless it lies in a file, whose pages can be given back for them.
  let keptColumns: KeptColumns?

  /// Numbers in fp32.
  public init(_ tensor: Tensor) {
    self.init(shape: tensor.shape, storage: .fp32(tensor))
  }

  private init(shape: Shape, storage: Storage) {
    self.shape = shape
    self.storage = storage
    keptColumns = storage.pages == nil ? nil : KeptColumns()
  }

  /// A view of little-endian half-precision numbers that somebody else owns and keeps
  /// unchanged while `owner` lives.
  package init(
    borrowing bytes: UnsafeRawBufferPointer, as format: HalfPrecision, shape: Shape,
    owner: any AnyObject & Sendable
  ) {
    precondition(bytes.count == 2 * shape.count, "\(bytes.count) bytes for shape \(shape)")
    if let base = bytes.baseAddress {
      self.init(shape: shape, storage: .half(Bytes(base: base, owner: owner), format))
    } else {
      self.init(Tensor(zeros: shape))
    }
  }

  /// That its numbers take as they are stored.
  var storedBytes: Int { shape.count * (halfPrecision == nil ? 4 : 2) }

  /// Lets go of the file's pages that it takes as a whole.
  func giveBackPages() {
    guard let pages = storage.pages else { return }
    switch storage {
    case .fp32(let tensor): tensor.withUnsafeBuffer { pages.giveBack(UnsafeRawBufferPointer($0)) }
    case .half(let bytes, _):
      pages.giveBack(UnsafeRawBufferPointer(start: bytes.base, count: storedBytes))
    }
  }

  /// How its numbers are stored; nil for fp32.
  public var halfPrecision: HalfPrecision? {
    if case .half(_, let format) = storage { format } else { nil }
  }

  /// Whether no number is NaN or infinite.
  public var isFinite: Bool {
    switch storage {
    case .fp32(let tensor): tensor.isFinite
    case .half(let bytes, let format):
      Finiteness.holds(
        UnsafeRawBufferPointer(start: bytes.base, count: 2 * shape.count), as: UInt16.self,
        exponent: format == .float16 ? 0x7C00 : 0x7F80)
    }
  }

  /// All numbers in fp32.
  public func widened() -> Tensor {
    switch storage {
    case .fp32(let tensor): tensor
    case .half(let bytes, let format):
      Tensor(uninitialized: shape) { target in
        if let target = target.baseAddress { Self.widen(bytes.base, format, shape.count, into: target) }
      }
    }
  }

  /// The same elements in row-major order under another shape of the same count.
  public func reshaped(_ shape: Shape) -> StoredTensor {
    precondition(shape.count == self.shape.count, "cannot reshape \(self.shape) to \(shape)")
    return StoredTensor(shape: shape, storage: storage.reshaped(shape))
  }

  /// Rows `range` of the outermost axis, where they lie.
  package func rows(_ range: Range<Int>) -> StoredTensor {
    precondition(range.lowerBound >= 0 && range.upperBound <= shape[0], "rows \(range) of \(shape)")
    let inner = shape.dimensions.dropFirst()
    let rows = Shape([range.count] + inner)
    switch storage {
    case .fp32(let tensor): return StoredTensor(tensor.view(range))
    case .half(let bytes, let format):
      let start = bytes.base + 2 * range.lowerBound * inner.reduce(1, *)
      return StoredTensor(shape: rows, storage: .half(Bytes(base: start, owner: bytes.owner), format))
    }
  }

  /// Calls `body` with rows of the outermost axis in fp32, one after the other.
  func withRows<R>(_ rows: Range<Int>, _ body: (UnsafePointer<Float>) -> R) -> R {
    let width = shape.count / max(shape[0], 1)
    switch storage {
    case .fp32(let tensor):
      return tensor.withUnsafeBuffer { buffer in
        // Callers have checked that there are such rows.
        body(buffer.baseAddress.unsafelyUnwrapped + rows.lowerBound * width)
      }
    case .half(let bytes, let format):
      return withScratch(rows.count * width) { scratch in
        Self.widen(bytes.base + 2 * rows.lowerBound * width, format, rows.count * width, into: scratch)
        return body(scratch)
      }
    }
  }

  private static func widen(
    _ source: UnsafeRawPointer, _ format: HalfPrecision, _ count: Int,
    into target: UnsafeMutablePointer<Float>
  ) {
    switch format {
    case .float16: ck_widen_f16(source, target, count)
    case .bfloat16: ck_widen_bf16(source, target, count)
    }
  }
}
