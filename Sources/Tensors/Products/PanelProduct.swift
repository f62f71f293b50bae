import CKernels

/// Matrix products `[m, k] · [k, n]` of one depth and precision on one thread: how their
/// operands are laid out, and the product itself.
///
/// The right operand is packed in panels of 32 columns; in bf16 the left one is rounded
/// first, in fp32 it is used where it lies. OpenBLAS packs for itself: for it the right operand, too, is in plain rows.
struct PanelProduct {
  let k: Int
  let precision: Precision
  private let backend: ProductBackend
  /// What multiplies in place of the kernels.
  private let library: OpenBLAS?

  init(k: Int, precision: Precision, backend: ProductBackend) {
    self.k = k
    self.precision = precision
    self.backend = backend
    library = precision == .fp32 ? backend.library : nil
  }

  /// The same of another depth.
  func with(k: Int) -> PanelProduct { PanelProduct(k: k, precision: precision, backend: backend) }

  /// Whether rows, too, are packed for every product that they are in.
  var packsRows: Bool { library != nil }

  /// The instructions of what is computed here.
  var set: KernelSet { backend.set }

  /// Numbers of k as operands are laid out: those of bfloat16 come in pairs.
  var filledK: Int { precision == .fp32 ? k : k + k % 2 }

  /// Of a number in the operands.
  var bytesPerNumber: Int { precision == .fp32 ? MemoryLayout<Float>.size : MemoryLayout<UInt16>.size }

  /// How many columns of packed panels stay in a second-level cache beside what they are multiplied with; of a
  /// long k the product takes a part at a time. Processors without AVX-512 have smaller ones. For OpenBLAS, which packs
  /// rows anew for every call, more columns: 4 MiB.
  var columnsAtOnce: Int {
    if library == nil && set == .avx2 { return 64 }
    return max(128, (library == nil ? 131_072 : 1 << 20) / max(k, 1) / 32 * 32)
  }

  /// How many rows of results are computed before something else is done with them: two tiles of 14, or so many that
  /// what OpenBLAS packs for them is lost in the product.
  var rowsAtOnce: Int { library == nil ? 28 : 256 }

  /// Floats that `columns` packed columns take.
  func packedCount(columns: Int) -> Int {
    Self.padded(columns) * filledK * bytesPerNumber / MemoryLayout<Float>.size
  }

  private static func padded(_ columns: Int) -> Int { (columns + 15) / 16 * 16 }

  /// A right operand as the product takes it: panels, or for OpenBLAS rows that lie `ld` apart, those of `[n, k]` if
  /// `isTransposed`, of `[k, n]` otherwise.
  struct RightOperand {
    fileprivate let base: UnsafePointer<Float>
    fileprivate var ld = 0
    fileprivate var isTransposed = false
  }

  /// Where the packed column `column`, a multiple of 32, starts.
  func offset(of column: Int) -> Int {
    column * filledK * bytesPerNumber / MemoryLayout<Float>.size
  }

  /// Packs columns that are the rows, `ld` apart, of a transposed right operand `[n, k]`; columns that are missing in
  /// the last 16 are zero.
  func pack(rows: UnsafePointer<Float>, ld: Int, count: Int, into packed: UnsafeMutablePointer<Float>) {
    guard library == nil else {
      for row in 0..<count { (packed + row * k).update(from: rows + row * ld, count: k) }
      return (packed + count * k).update(repeating: 0, count: (Self.padded(count) - count) * k)
    }
    for first in stride(from: 0, to: count, by: 32) {
      let (source, n, target) = (rows + first * ld, min(32, count - first), packed + offset(of: first))
      switch precision {
      case .fp32: ck_pack_rows(source, ld, n, k, target)
      case .bf16: ck_pack_rows_bf16(source, ld, n, k, Self.halves(target))
      }
    }
  }

  /// The columns that were packed by ``pack(rows:ld:count:into:)``, from one that is a multiple of 32 on.
  func packed(_ packed: UnsafePointer<Float>, from column: Int = 0) -> RightOperand {
    let first = packed + offset(of: column)
    return library == nil ? RightOperand(base: first) : RightOperand(base: first, ld: k, isTransposed: true)
  }

  /// Floats that ``withColumns(_:rows:taps:scratch:_:)`` takes for so many.
  func scratchCount(columns: Int, taps: Int = 1) -> Int {
    if library == nil { return packedCount(columns: columns) }
    return taps == 1 ? 0 : columns * k
  }

  /// Calls `body` with columns that are rows of a weight `[n, channels]`, or of `[n, channels, taps]` in the order
  /// `[taps, channels]` of a convolution's patches (see ``DirectConvolution``).
  ///
  /// - Parameter scratch: of ``scratchCount(columns:taps:)``
  func withColumns(
    _ weight: StoredTensor, rows: Range<Int>, taps: Int = 1, scratch: UnsafeMutablePointer<Float>,
    _ body: (RightOperand) -> Void
  ) {
    let stored = weight.shape.count / max(weight.shape[0], 1)
    guard library == nil else {
      return weight.withRows(rows) { source in
        guard taps > 1 else { return body(RightOperand(base: source, ld: k, isTransposed: true)) }
        for row in 0..<rows.count {
          ck_transpose(source + row * stored, stored / taps, taps, taps, scratch + row * k, stored / taps)
        }
        body(RightOperand(base: scratch, ld: k, isTransposed: true))
      }
    }
    for first in stride(from: rows.lowerBound, to: rows.upperBound, by: 32) {
      let part = first..<min(first + 32, rows.upperBound)
      let target = scratch + offset(of: first - rows.lowerBound)
      weight.withRows(part) { source in
        guard taps > 1 else { return pack(rows: source, ld: k, count: part.count, into: target) }
        switch precision {
        case .fp32: ck_pack_taps(source, stored, part.count, stored / taps, taps, target)
        case .bf16: ck_pack_taps_bf16(source, stored, part.count, stored / taps, taps, Self.halves(target))
        }
      }
    }
    body(packed(scratch))
  }

  /// Where in a right operand of `count` columns, of ``packedCount(columns:)``, a panel of up to 32 of them is written
  /// by who computes it in fp32: where its first row begins, and how far apart its rows are, each filled up with zeros
  /// to 16 or 32 numbers.
  func place(of columns: Range<Int>, among count: Int) -> (offset: Int, ld: Int) {
    library == nil
      ? (columns.lowerBound * k, columns.count > 16 ? 32 : 16) : (columns.lowerBound, Self.padded(count))
  }

  /// The columns that were written to their places, from one that is a multiple of 32 on.
  func written(_ base: UnsafePointer<Float>, from column: Int = 0, among count: Int) -> RightOperand {
    library == nil
      ? packed(base, from: column)
      : RightOperand(base: base + column, ld: Self.padded(count))
  }

  /// Floats that `rows` rows of a rounded left operand take.
  func roundedCount(rows: Int) -> Int { precision == .fp32 ? 0 : rows * filledK / 2 + 1 }

  /// Rows of the left operand as the product takes them: rounded into `scratch`, of
  /// ``roundedCount(rows:)``, where the precision asks for that.
  func left(
    _ x: UnsafePointer<Float>, ld: Int, rows: Int, rounded scratch: UnsafeMutablePointer<Float>
  ) -> LeftOperand {
    guard precision == .bf16 else { return LeftOperand(base: x, ld: ld) }
    ck_narrow_bf16(x, rows, k, ld, Self.halves(scratch), filledK)
    return LeftOperand(base: scratch, ld: filledK)
  }

  /// ``left(_:ld:rows:rounded:)`` of contiguous rows, rounded on several threads.
  func withLeft(_ x: UnsafePointer<Float>, rows: Int, _ body: (LeftOperand) -> Void) {
    guard precision == .bf16 else { return body(LeftOperand(base: x, ld: k)) }
    withScratch(roundedCount(rows: rows)) { scratch in
      let target = UnsafeMutableRawPointer(scratch).assumingMemoryBound(to: UInt16.self)
      Parallel.forEachChunk(of: rows, size: max(1, 65536 / max(k, 1))) { part in
        ck_narrow_bf16(
          x + part.lowerBound * k, part.count, k, k, target + part.lowerBound * filledK, filledK)
      }
      body(LeftOperand(base: scratch, ld: filledK))
    }
  }

  /// Rows of a left operand, in the product's precision.
  struct LeftOperand {
    let base: UnsafePointer<Float>
    /// How far rows lie apart, in numbers of the precision.
    let ld: Int

    init(base: UnsafePointer<Float>, ld: Int) {
      self.base = base
      self.ld = ld
    }
  }

  /// `out = a · b`, or `out += a · b` if `accumulate`, with `m` rows of `a` from `row` on and
  /// `n` columns; rows of `out` are `ld` apart.
  func multiply(
    m: Int, n: Int, _ a: LeftOperand, from row: Int = 0, _ b: RightOperand,
    into out: UnsafeMutablePointer<Float>, _ ld: Int, accumulate: Bool
  ) {
    multiply(
      m: m, n: n, a, from: row, b, startingFrom: accumulate ? (UnsafePointer(out), ld) : nil, into: out, ld)
  }

  /// `out = start + a · b`, or `out = a · b` without a start, whose rows lie `ld` apart: 0 for a bias. The chain of
  /// additions begins with it, so that bias and accumulated results give the same bits; OpenBLAS adds it to the sum.
  func multiply(
    m: Int, n: Int, _ a: LeftOperand, from row: Int = 0, _ b: RightOperand,
    startingFrom start: (base: UnsafePointer<Float>, ld: Int)?, into out: UnsafeMutablePointer<Float>,
    _ ld: Int
  ) {
    guard !Rehearsal.isOn else { return }
    if let library {
      if let start, start.base != UnsafePointer(out) || start.ld != ld {
        for row in 0..<m { (out + row * ld).update(from: start.base + row * start.ld, count: n) }
      }
      return library.multiply(
        m: m, n: n, k: k, a.base + row * a.ld, lda: a.ld, b.base, ldb: b.ld, isTransposed: b.isTransposed,
        accumulate: start != nil, into: out, ld: ld)
    }
    let (base, ldStart) = (start?.base, start?.ld ?? 0)
    switch precision {
    case .fp32:
      ck_multiply(set.rawSet, m, n, k, a.base + row * a.ld, a.ld, b.base, base, ldStart, out, ld)
    case .bf16:
      ck_multiply_bf16(
        set.rawSet, m, n, filledK, Self.halves(a.base) + row * a.ld, a.ld, Self.halves(b.base), base, ldStart,
        out, ld)
    }
  }

  private static func halves(_ floats: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<UInt16> {
    UnsafeMutableRawPointer(floats).assumingMemoryBound(to: UInt16.self)
  }

  private static func halves(_ floats: UnsafePointer<Float>) -> UnsafePointer<UInt16> {
    UnsafeRawPointer(floats).assumingMemoryBound(to: UInt16.self)
  }
}
