import CKernels

/// The attention of one head, transposed: of a panel of 32 queries and a tile of keys the scores
/// `k · qᵀ`, `[keys, 32]`, come out of the product as the right operand of the next, `outᵀ += vᵀ · weights`.
///
/// So every query is a lane of a vector, and a head's width is a number of rows, of which a
/// product takes any. Keys and values are laid out once per head.
struct AttentionTiles {
  let queries, keys, width: Int
  private let headWidth, keyTile: Int
  private let causal: Bool
  private let scores: PanelProduct

  private static let panel = 32
  /// Eight panels share a tile of keys and values, which for wide heads comes from far away.
  private static let queryBlock = 8 * panel

  init(
    queries: Int, keys: Int, width: Int, heads: Int, causal: Bool, kernel: AttentionKernel,
    precision: Precision, backend: ProductBackend
  ) {
    self.queries = queries
    self.keys = keys
    self.width = width
    headWidth = width / heads
    // Whole tiles of 14 rows of the product; 56 KiB of scores stay in the second-level cache.
    keyTile = kernel == .tiled ? min(keys, 448) : keys
    self.causal = causal
    scores = PanelProduct(k: headWidth, precision: precision, backend: backend)
  }

  var blocksPerHead: Int { (queries + Self.queryBlock - 1) / Self.queryBlock }

  /// How many images are laid out at once, each with as many numbers as its keys and values have: as few as have enough
  /// blocks for threads to end at about the same time. Results do not depend on it.
  func imagesAtOnce(of images: Int, heads: Int) -> Int {
    let blocks = max(1, heads * blocksPerHead)
    return max(1, min(images, (32 * Parallel.threadCount + blocks - 1) / blocks))
  }

  /// Where a head starts in `[batch, tokens, width]`; rows are `width` apart.
  func offset(ofPair pair: Int, heads: Int, tokens: Int) -> Int {
    let (image, head) = pair.quotientAndRemainder(dividingBy: heads)
    return image * tokens * width + head * headWidth
  }

  /// The product of the values with the weights of `count` keys.
  private func mixing(_ count: Int) -> PanelProduct { scores.with(k: count) }

  private var tileCount: Int { (keys + keyTile - 1) / keyTile }
  private var keysCount: Int { scores.storedCount(rows: keyTile) }
  private var tileSize: Int { keysCount + mixing(keyTile).storedCount(rows: headWidth) }
  /// Floats of a head's keys and values, whole tiles of them.
  var packedCount: Int { tileCount * tileSize }

  /// Lays out a head's keys, scaled by `log₂ e / √d` so that the softmax is one of powers of
  /// two, and its transposed values.
  func pack(
    key: UnsafePointer<Float>, value: UnsafePointer<Float>, into packed: UnsafeMutablePointer<Float>
  ) {
    let scale = 1.4426950408889634 / Float(headWidth).squareRoot()
    for tile in 0..<tileCount {
      let first = tile * keyTile
      let count = min(keyTile, keys - first)
      let target = packed + tile * tileSize
      scores.store(rows: count, into: target) { rows in
        for row in 0..<count {
          ck_scale(key + (first + row) * width, scale, rows + row * headWidth, headWidth)
        }
      }
      mixing(count).store(rows: headWidth, into: target + keysCount) { rows in
        ck_transpose(value + first * width, count, headWidth, width, rows, count)
      }
    }
  }

  /// Pointers stand at the first element of the head.
  func attend(
    block: Int, query: UnsafePointer<Float>, packed: UnsafePointer<Float>,
    into out: UnsafeMutablePointer<Float>
  ) {
    let first = block * Self.queryBlock
    let rows = min(Self.queryBlock, queries - first)
    let panels = (rows + Self.panel - 1) / Self.panel
    let outPanel = headWidth * Self.panel
    let queriesCount = scores.packedCount(columns: panels * Self.panel)
    withScratch(Self.panel * (keyTile + panels * (headWidth + 2)) + queriesCount) { scratch in
      let accumulated = scratch + keyTile * Self.panel
      let maximum = accumulated + panels * outPanel
      let sum = maximum + panels * Self.panel
      let packedQueries = sum + panels * Self.panel
      accumulated.update(repeating: 0, count: panels * outPanel)
      maximum.update(repeating: -.greatestFiniteMagnitude, count: panels * Self.panel)
      sum.update(repeating: 0, count: panels * Self.panel)
      scores.pack(rows: query + first * width, ld: width, count: rows, into: packedQueries)
      for tile in 0..<tileCount {
        let start = tile * keyTile
        guard !causal || start < first + rows else { break }
        let count = min(keyTile, keys - start)
        let (tileKeys, tileValues) = (packed + tile * tileSize, packed + tile * tileSize + keysCount)
        let mixing = mixing(count)
        for panel in 0..<panels {
          let firstQuery = first + panel * Self.panel
          let lanes = rows - panel * Self.panel > 16 ? Self.panel : 16
          let (result, place) = (accumulated + panel * outPanel, panel * Self.panel)
          scores.multiply(
            m: count, n: lanes, scores.stored(tileKeys),
            scores.packed(packedQueries, from: panel * Self.panel), into: scratch, lanes, accumulate: false)
          if causal { ck_mask_columns(scratch, count, lanes, start - firstQuery) }
          ck_softmax_columns(
            scores.set.rawSet, scratch, count, lanes, maximum + place, sum + place, result, headWidth,
            scores.precision == .bf16 ? 1 : 0)
          mixing.multiply(
            m: headWidth, n: lanes, mixing.stored(tileValues), mixing.written(scratch, among: lanes),
            into: result, lanes, accumulate: true)
        }
      }
      for panel in 0..<panels {
        let count = min(Self.panel, rows - panel * Self.panel)
        let lanes = count > 16 ? Self.panel : 16
        let result = accumulated + panel * outPanel
        ck_divide_columns(result, sum + panel * Self.panel, headWidth, lanes)
        ck_transpose(result, headWidth, count, lanes, out + (first + panel * Self.panel) * width, width)
      }
    }
  }
}

/// Left operands that are used many times.
extension PanelProduct {
  /// Floats of `rows` rows in the product's precision.
  fileprivate func storedCount(rows: Int) -> Int {
    precision == .fp32 ? rows * k : roundedCount(rows: rows)
  }

  /// Stores rows that `fill` writes, `k` apart.
  fileprivate func store(
    rows: Int, into target: UnsafeMutablePointer<Float>, _ fill: (UnsafeMutablePointer<Float>) -> Void
  ) {
    guard precision == .bf16 else { return fill(target) }
    withScratch(rows * k) { exact in
      fill(exact)
      _ = left(exact, ld: k, rows: rows, rounded: target)
    }
  }

  fileprivate func stored(_ rows: UnsafePointer<Float>) -> LeftOperand {
    LeftOperand(base: rows, ld: filledK)
  }
}
