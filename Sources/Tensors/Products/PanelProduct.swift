import CKernels

/// Matrix products `[m, k] · [k, n]` of one depth and precision on one thread: how their
/// operands are laid out, and the product itself.
///
/// The right operand is packed in panels of 32 columns; in bf16 the left one is rounded
/// first, in fp32 it is used where it lies.
struct PanelProduct {
  let k: Int
  let precision: Precision
  let set: KernelSet

  init(k: Int, precision: Precision, set: KernelSet = .best) {
    self.k = k
    self.precision = precision
    self.set = set
  }

  /// Distance between rows of a rounded left operand: bfloat16 numbers come in pairs along k.
  private var evenK: Int { k + k % 2 }

  /// How many columns of packed panels stay in a second-level cache beside what they are multiplied with; of a
  /// long k the product takes a part at a time.
  var columnsAtOnce: Int { max(128, 131_072 / max(k, 1) / 32 * 32) }

  /// Floats that `columns` packed columns take.
  func packedCount(columns: Int) -> Int {
    let padded = (columns + 15) / 16 * 16
    return precision == .fp32 ? padded * k : padded * evenK / 2
  }

  /// Where the packed column `column`, a multiple of 32, starts.
  private func panel(_ packed: UnsafeMutablePointer<Float>, at column: Int) -> UnsafeMutablePointer<Float> {
    packed + (precision == .fp32 ? column * k : column * evenK / 2)
  }

  /// Packs columns that are the rows, `ld` apart, of a transposed right operand `[n, k]`.
  func pack(rows: UnsafePointer<Float>, ld: Int, count: Int, into packed: UnsafeMutablePointer<Float>) {
    for first in stride(from: 0, to: count, by: 32) {
      let (source, n, target) = (rows + first * ld, min(32, count - first), panel(packed, at: first))
      switch precision {
      case .fp32: ck_pack_rows(source, ld, n, k, target)
      case .bf16: ck_pack_rows_bf16(source, ld, n, k, Self.halves(target))
      }
    }
  }

  /// Packs rows of a weight `[n, k]`.
  func pack(_ weight: StoredTensor, rows: Range<Int>, into packed: UnsafeMutablePointer<Float>) {
    for first in stride(from: rows.lowerBound, to: rows.upperBound, by: 32) {
      let part = first..<min(first + 32, rows.upperBound)
      weight.withRows(part) { source in
        pack(rows: source, ld: k, count: part.count, into: panel(packed, at: first - rows.lowerBound))
      }
    }
  }

  /// Floats that `rows` rows of a rounded left operand take.
  func roundedCount(rows: Int) -> Int { precision == .fp32 ? 0 : rows * evenK / 2 + 1 }

  /// Rows of the left operand as the product takes them: rounded into `scratch`, of
  /// ``roundedCount(rows:)``, where the precision asks for that.
  func left(
    _ x: UnsafePointer<Float>, ld: Int, rows: Int, rounded scratch: UnsafeMutablePointer<Float>
  ) -> LeftOperand {
    guard precision == .bf16 else { return LeftOperand(base: x, ld: ld) }
    ck_narrow_bf16(x, rows, k, ld, Self.halves(scratch), evenK)
    return LeftOperand(base: scratch, ld: evenK)
  }

  /// ``left(_:ld:rows:rounded:)`` of contiguous rows, rounded on several threads.
  func withLeft(_ x: UnsafePointer<Float>, rows: Int, _ body: (LeftOperand) -> Void) {
    guard precision == .bf16 else { return body(LeftOperand(base: x, ld: k)) }
    withScratch(roundedCount(rows: rows)) { scratch in
      let target = UnsafeMutableRawPointer(scratch).assumingMemoryBound(to: UInt16.self)
      Parallel.forEachChunk(of: rows, size: max(1, 65536 / max(k, 1))) { part in
        ck_narrow_bf16(
          x + part.lowerBound * k, part.count, k, k, target + part.lowerBound * evenK, evenK)
      }
      body(LeftOperand(base: scratch, ld: evenK))
    }
  }

  /// Rows of a left operand, in the product's precision.
  struct LeftOperand {
    fileprivate let base: UnsafePointer<Float>
    fileprivate let ld: Int

    init(base: UnsafePointer<Float>, ld: Int) {
      self.base = base
      self.ld = ld
    }
  }

  /// `out = a · b`, or `out += a · b` if `accumulate`, with `m` rows of `a` from `row` on and
  /// `n` packed columns; rows of `out` are `ld` apart.
  func multiply(
    m: Int, n: Int, _ a: LeftOperand, from row: Int = 0, _ packed: UnsafePointer<Float>,
    into out: UnsafeMutablePointer<Float>, _ ld: Int, accumulate: Bool
  ) {
    multiply(
      m: m, n: n, a, from: row, packed, startingFrom: accumulate ? (UnsafePointer(out), ld) : nil, into: out,
      ld)
  }

  /// `out = start + a · b`, or `out = a · b` without a start, whose rows lie `ld` apart: 0 for a bias. The chain of
  /// additions begins with it, so that bias and accumulated results give the same bits.
  func multiply(
    m: Int, n: Int, _ a: LeftOperand, from row: Int = 0, _ packed: UnsafePointer<Float>,
    startingFrom start: (base: UnsafePointer<Float>, ld: Int)?, into out: UnsafeMutablePointer<Float>,
    _ ld: Int
  ) {
    guard !Rehearsal.isOn else { return }
    let (base, ldStart) = (start?.base, start?.ld ?? 0)
    switch precision {
    case .fp32:
      ck_multiply(set.rawSet, m, n, k, a.base + row * a.ld, a.ld, packed, base, ldStart, out, ld)
    case .bf16:
      ck_multiply_bf16(
        set.rawSet, m, n, evenK, Self.halves(a.base) + row * a.ld, a.ld, Self.halves(packed), base, ldStart,
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
