// Matrix products of bfloat16 numbers by the tiles of Intel's AMX. A tile of `a` is 16 rows of up to 32 numbers, where
// they lie; one of `b` is up to 16 rows of pairs of a panel (see panels.h), for 16 columns; of results four are at work,
// 32 rows of 32 columns, or fewer rows at the end of a matrix.
//
// Of as many products along k as a tile has the instruction sums the even ones and the odd ones, each a chain of
// multiply-adds from zero, then both, then adds that to the result, so last bits are others than those of the other sets;
// it takes subnormal numbers for zero. Where k is cut depends on k alone, so that results do not on how m and n are.
#include "amx_tiles.h"
#include "panels.h"

#ifdef HAS_AMX_TILES

enum {
  // Rows, and columns, of a tile.
  SIDE = 16,
  // The most numbers of k of a tile.
  DEPTH = 32,
  // Of k at once, about: 32 rows of `a` stay in the first-level cache from panel to panel.
  AMX_CHUNK = 512,
  // Numbers of k that `b` is asked for ahead.
  AHEAD = 64,
};

typedef struct {
  size_t m, n, k;
  const uint16_t *a;
  size_t lda;
  const uint16_t *b;
  const float *start;
  size_t ld_start;
  float *out;
  size_t ld;
} product;

// Numbers of k of a tile: as even a part of it as few tiles allow, so that none is left over.
static size_t depth_of(size_t k) {
  size_t fewest = (k + DEPTH - 1) / DEPTH;
  for (size_t count = fewest; 2 * count <= 3 * fewest && count > 0; count++)
    if (k % (2 * count) == 0) return k / count;
  return DEPTH;
}

// Results are tiles 0 to 3, of `a` 4 and 5, of `b` 6 and 7.
AMX_CODE static void configure(size_t rows, size_t depth) {
  amx_configuration c;
  memset(&c, 0, sizeof c);
  c.palette = 1;
  for (int t = 0; t < 4; t++) c.rows[t] = (uint8_t)rows, c.row_bytes[t] = 4 * SIDE;
  for (int t = 4; t < 6; t++) c.rows[t] = (uint8_t)rows, c.row_bytes[t] = (uint16_t)(2 * depth);
  for (int t = 6; t < 8; t++) c.rows[t] = (uint8_t)(depth / 2), c.row_bytes[t] = 4 * SIDE;
  LOAD_CONFIGURATION(&c);
}

// 1 or 2 by 1 or 2 tiles of results at out, from those at start or from zeros; along k `length` numbers.
AMX_CODE INLINE void tiles(
  const int down, const int across, size_t length, size_t depth, const uint16_t *a, size_t lda, const uint16_t *b,
  size_t ldb, const float *start, size_t ld_start, float *out, size_t ld) {
  if (start) {
    LOAD(0, start, 4 * ld_start);
    if (across > 1) LOAD(1, start + SIDE, 4 * ld_start);
    if (down > 1) LOAD(2, start + SIDE * ld_start, 4 * ld_start);
    if (down > 1 && across > 1) LOAD(3, start + SIDE * ld_start + SIDE, 4 * ld_start);
  } else {
    ZERO(0);
    if (across > 1) ZERO(1);
    if (down > 1) ZERO(2);
    if (down > 1 && across > 1) ZERO(3);
  }
  for (size_t p = 0; p < length; p += depth) {
    for (size_t r = 0; r < depth; r += 2) {
      __builtin_prefetch(b + (p + AHEAD + r) * ldb);
      if (across > 1) __builtin_prefetch(b + (p + AHEAD + r) * ldb + 2 * SIDE);
    }
    LOAD(4, a + p, 2 * lda);
    LOAD(6, b + p * ldb, 4 * ldb);
    if (across > 1) LOAD(7, b + p * ldb + 2 * SIDE, 4 * ldb);
    if (down > 1) LOAD(5, a + SIDE * lda + p, 2 * lda);
    ADD_PRODUCTS(0, 4, 6);
    if (across > 1) ADD_PRODUCTS(1, 4, 7);
    if (down > 1) ADD_PRODUCTS(2, 5, 6);
    if (down > 1 && across > 1) ADD_PRODUCTS(3, 5, 7);
  }
  STORE(0, out, 4 * ld);
  if (across > 1) STORE(1, out + SIDE, 4 * ld);
  if (down > 1) STORE(2, out + SIDE * ld, 4 * ld);
  if (down > 1 && across > 1) STORE(3, out + SIDE * ld + SIDE, 4 * ld);
}

// The same where only `columns` of up to 32 columns exist.
AMX_CODE INLINE void edge_tiles(
  const int down, const int across, size_t rows, size_t columns, size_t length, size_t depth, const uint16_t *a,
  size_t lda, const uint16_t *b, size_t ldb, const float *start, size_t ld_start, float *out, size_t ld) {
  float whole[2 * SIDE * PANEL];
  if (start)
    for (size_t r = 0; r < rows; r++)
      for (size_t c = 0; c < PANEL; c++) whole[r * PANEL + c] = c < columns ? start[r * ld_start + c] : 0;
  tiles(down, across, length, depth, a, lda, b, ldb, start ? whole : NULL, PANEL, whole, PANEL);
  for (size_t r = 0; r < rows; r++)
    for (size_t c = 0; c < columns; c++) out[r * ld + c] = whole[r * PANEL + c];
}

// `rows` rows from `row` on, of tiles that are configured for them; `length` of k from `first` on, all columns.
AMX_CODE INLINE void row_of_tiles(
  const int down, size_t rows, const product *p, size_t row, size_t first, size_t length, size_t depth) {
  const uint16_t *a = p->a + row * p->lda + first;
  for (size_t column = 0; column < p->n; column += PANEL) {
    size_t columns = p->n - column < PANEL ? p->n - column : PANEL, ldb = panel_width(p->n - column);
    const uint16_t *b = p->b + column * p->k + first * ldb;
    float *out = p->out + row * p->ld + column;
    // Later parts of k go on from the results of those before.
    const float *start = first > 0 ? out : p->start ? p->start + row * p->ld_start + column : NULL;
    size_t ld_start = first > 0 ? p->ld : p->ld_start;
    if (columns == PANEL)
      tiles(down, 2, length, depth, a, p->lda, b, ldb, start, ld_start, out, p->ld);
    else if (columns == SIDE)
      tiles(down, 1, length, depth, a, p->lda, b, ldb, start, ld_start, out, p->ld);
    else if (columns > SIDE)
      edge_tiles(down, 2, rows, columns, length, depth, a, p->lda, b, ldb, start, ld_start, out, p->ld);
    else
      edge_tiles(down, 1, rows, columns, length, depth, a, p->lda, b, ldb, start, ld_start, out, p->ld);
  }
}

// All rows; `length` of k from `first` on, a multiple of `depth`.
AMX_CODE static void rows_of_tiles(const product *p, size_t first, size_t length, size_t depth) {
  size_t row = 0, last = p->m % SIDE;
  if (p->m >= SIDE) {
    configure(SIDE, depth);
    for (; row + 2 * SIDE <= p->m; row += 2 * SIDE) row_of_tiles(2, 2 * SIDE, p, row, first, length, depth);
    if (row + SIDE <= p->m) row_of_tiles(1, SIDE, p, row, first, length, depth), row += SIDE;
  }
  if (last > 0) {
    configure(last, depth);
    row_of_tiles(1, last, p, row, first, length, depth);
  }
}

AMX_CODE void multiply_amx(
  size_t m, size_t n, size_t k, const uint16_t *a, size_t lda, const uint16_t *b, const float *start,
  size_t ld_start, float *out, size_t ld) {
  const product p = {m, n, k, a, lda, b, start, ld_start, out, ld};
  const size_t depth = depth_of(k), rest = k % depth, chunk = AMX_CHUNK / depth * depth;
  for (size_t first = 0; first < k - rest || k == 0; first += chunk) {
    rows_of_tiles(&p, first, k - rest - first < chunk ? k - rest - first : chunk, depth);
    if (k == 0) break;
  }
  if (rest > 0) rows_of_tiles(&p, k - rest, rest, rest);
  RELEASE();
}
#endif
