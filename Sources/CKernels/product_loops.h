// The loops of a matrix product over its tiles, for the element type and the tile that the including file
// defines as ELEMENT, PER_COLUMN (elements of a panel's row for each column), TILE and NAMED, and for the
// instruction set that it names as LOOP_CODE, if any.
#ifndef LOOP_CODE
#define LOOP_CODE
#endif

typedef struct {
  size_t m, n, k;
  const ELEMENT *a;
  size_t lda;
  const ELEMENT *b;
  // What results start from; null for zeros.
  const float *start;
  size_t ld_start;
  float *out;
  size_t ld;
} NAMED(product);

// A tile of which only `columns` results exist.
LOOP_CODE INLINE void NAMED(edge_tile)(
  const int rows, const int vectors, size_t columns, size_t k, const ELEMENT *a, size_t lda, const ELEMENT *b,
  size_t ldb, const float *start, size_t ld_start, float *out, size_t ld) {
  float whole[MOST_ROWS * PANEL];
  for (size_t r = 0; r < (size_t)rows; r++)
    for (size_t c = 0; c < PANEL; c++)
      whole[r * PANEL + c] = start && c < columns ? start[r * ld_start + c] : 0;
  TILE(rows, vectors, k, a, lda, b, ldb, start ? whole : NULL, PANEL, whole, PANEL);
  for (size_t r = 0; r < (size_t)rows; r++)
    for (size_t c = 0; c < columns; c++) out[r * ld + c] = whole[r * PANEL + c];
}

// `rows` rows from `row` on, `length` of k from `first` on, all columns.
LOOP_CODE INLINE void NAMED(row_of_tiles)(
  const int rows, const int vectors, const NAMED(product) * p, size_t row, size_t first, size_t length) {
  const ELEMENT *a = p->a + row * p->lda + first;
  size_t lda = p->lda, step = (size_t)vectors * LANES;
  ELEMENT staged[MOST_ROWS * (CHUNK + GAP)];
  // Rows a multiple of 4 KiB apart would all fall on the same places of the first-level cache. For two panels copying
  // them takes longer than that does.
  if (lda * sizeof *a % 4096 == 0 && p->n > 2 * PANEL) {
    lda = CHUNK + GAP;
    for (size_t r = 0; r < (size_t)rows; r++) memcpy(staged + r * lda, a + r * p->lda, length * sizeof *a);
    a = staged;
  }
  for (size_t column = 0; column < p->n; column += step) {
    size_t panel = column / PANEL * PANEL, columns = p->n - column;
    size_t ldb = panel_width(p->n - panel);
    const ELEMENT *b = p->b + panel * p->k + first * ldb + (column - panel) * PER_COLUMN;
    float *out = p->out + row * p->ld + column;
    // Later parts of k go on from the results of those before.
    const float *start = first > 0 ? out : p->start ? p->start + row * p->ld_start + column : NULL;
    size_t ld_start = first > 0 ? p->ld : p->ld_start;
    if (columns >= step) {
      TILE(rows, vectors, length, a, lda, b, ldb, start, ld_start, out, p->ld);
    } else if (columns > LANES) {
      NAMED(edge_tile)(rows, 2, columns, length, a, lda, b, ldb, start, ld_start, out, p->ld);
    } else if (columns == LANES) {
      TILE(rows, 1, length, a, lda, b, ldb, start, ld_start, out, p->ld);
    } else {
      NAMED(edge_tile)(rows, 1, columns, length, a, lda, b, ldb, start, ld_start, out, p->ld);
    }
  }
}

LOOP_CODE INLINE void NAMED(multiply)(const int rows, const int vectors, const NAMED(product) * p) {
  for (size_t first = 0; first < p->k || first == 0; first += CHUNK) {
    size_t length = p->k - first < CHUNK ? p->k - first : CHUNK;
    size_t row = 0;
    // Eight rows are twice four rather than six and two: of so few results each addition waits for the one before.
    for (; row + (size_t)rows <= p->m && (rows != 6 || p->m - row != 8); row += (size_t)rows)
      NAMED(row_of_tiles)(rows, vectors, p, row, first, length);
    if (rows > 8 && row + 8 <= p->m) NAMED(row_of_tiles)(8, vectors, p, row, first, length), row += 8;
    for (; row + 4 <= p->m; row += 4) NAMED(row_of_tiles)(4, vectors, p, row, first, length);
    if (row + 2 <= p->m) NAMED(row_of_tiles)(2, vectors, p, row, first, length), row += 2;
    if (row < p->m) NAMED(row_of_tiles)(1, vectors, p, row, first, length);
  }
}

#undef ELEMENT
#undef PER_COLUMN
#undef TILE
#undef NAMED
#undef LOOP_CODE
