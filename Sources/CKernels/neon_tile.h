// The tile of a product in NEON's registers, for the element type and names that product_loops.h takes, too, and for
// ADD_PRODUCTS(sum, y, x): sum plus four columns y times x, a number of a row (in bfloat16 a pair) in every lane.
//
// Of each row four such numbers are loaded at once and multiplied lane by lane: instructions that load one into all
// lanes keep many processors' multipliers busy. Six rows of four vectors, a vector for each row, and one of columns
// at a time fill 31 of the 32 registers.
#ifndef LOOP_CODE
#define LOOP_CODE
#endif

LOOP_CODE INLINE void TILE(
  const int rows, const int vectors, size_t k, const ELEMENT *a, size_t lda, const ELEMENT *b, size_t ldb,
  const float *start, size_t ld_start, float *out, size_t ld) {
  float32x4_t sum[MOST_ROWS][PANEL / 4];
  const int quads = vectors * (LANES / 4);
  UNROLLED for (int r = 0; r < rows; r++)
    UNROLLED for (int q = 0; q < quads; q++)
      sum[r][q] = start ? vld1q_f32(start + (size_t)r * ld_start + 4 * q) : vdupq_n_f32(0);
  size_t p = 0;
  for (; p + 4 * PER_COLUMN <= k; p += 4 * PER_COLUMN) {
    float32x4_t x[MOST_ROWS];
    UNROLLED for (int r = 0; r < rows; r++) memcpy(x + r, a + (size_t)r * lda + p, sizeof *x);
    UNROLLED for (int lane = 0; lane < 4; lane++)
      UNROLLED for (int q = 0; q < quads; q++) {
        float32x4_t y;
        memcpy(&y, b + (p + (size_t)lane * PER_COLUMN) * ldb + 4 * PER_COLUMN * q, sizeof y);
        UNROLLED for (int r = 0; r < rows; r++)
          sum[r][q] = ADD_PRODUCTS(sum[r][q], y, vdupq_n_f32(x[r][lane]));
      }
  }
  for (; p < k; p += PER_COLUMN)
    UNROLLED for (int q = 0; q < quads; q++) {
      float32x4_t y;
      memcpy(&y, b + p * ldb + 4 * PER_COLUMN * q, sizeof y);
      UNROLLED for (int r = 0; r < rows; r++) {
        float x;
        memcpy(&x, a + (size_t)r * lda + p, sizeof x);
        sum[r][q] = ADD_PRODUCTS(sum[r][q], y, vdupq_n_f32(x));
      }
    }
  UNROLLED for (int r = 0; r < rows; r++)
    UNROLLED for (int q = 0; q < quads; q++) vst1q_f32(out + (size_t)r * ld + 4 * q, sum[r][q]);
}

#undef ADD_PRODUCTS
