// Matrix products in fp32: a tile of results stays in registers while k runs. Every result is one chain
// of multiply-adds in the order of k, however the matrix is cut.
#include "CKernels.h"
#include "panels.h"

INLINE void tile(
  const int rows, const int vectors, size_t k, const float *a, size_t lda, const float *b, size_t ldb,
  const float *start, size_t ld_start, float *out, size_t ld) {
#pragma clang fp contract(fast)
  lanes_f32 sum[MOST_ROWS][2];
  UNROLLED for (int r = 0; r < rows; r++)
    UNROLLED for (int v = 0; v < vectors; v++)
      sum[r][v] = start ? *(const lanes_f32 *)(start + (size_t)r * ld_start + LANES * v) : (lanes_f32){0};
  for (size_t p = 0; p < k; p++) {
    lanes_f32 y[2];
    UNROLLED for (int v = 0; v < vectors; v++) y[v] = *(const lanes_f32 *)(b + p * ldb + LANES * v);
    UNROLLED for (int r = 0; r < rows; r++) {
      float x = a[(size_t)r * lda + p];
      UNROLLED for (int v = 0; v < vectors; v++) sum[r][v] += x * y[v];
    }
  }
  UNROLLED for (int r = 0; r < rows; r++)
    UNROLLED for (int v = 0; v < vectors; v++) *(lanes_f32 *)(out + (size_t)r * ld + LANES * v) = sum[r][v];
}

#define ELEMENT float
#define PER_COLUMN 1
#define TILE tile
#define NAMED(name) name
#include "product_loops.h"

#ifdef HAS_NEON_SETS
#include <arm_neon.h>

#define ELEMENT float
#define PER_COLUMN 1
#define TILE neon_tile
#define NAMED(name) neon_##name
#define ADD_PRODUCTS(sum, y, x) vfmaq_f32(sum, y, x)
#include "neon_tile.h"
#include "product_loops.h"

static void multiply_neon(const neon_product *p) { neon_multiply(6, 1, p); }
#endif

static void multiply_baseline(const product *p) { multiply(6, 1, p); }
#ifdef HAS_X86_SETS
AVX2_CODE static void multiply_avx2(const product *p) { multiply(6, 1, p); }
AVX512_CODE static void multiply_avx512(const product *p) { multiply(MOST_ROWS, 2, p); }
#endif

void ck_multiply(
  ck_kernel_set set, size_t m, size_t n, size_t k, const float *a, size_t lda, const float *b,
  const float *start, size_t ld_start, float *out, size_t ld) {
  product p = {m, n, k, a, lda, b, start, ld_start, out, ld};
  switch (set) {
#ifdef HAS_X86_SETS
  case CK_AVX2: multiply_avx2(&p); break;
  case CK_AVX512:
  case CK_AVX512_BF16:
  case CK_AMX_BF16: multiply_avx512(&p); break;
#endif
#ifdef HAS_NEON_SETS
  case CK_NEON:
  case CK_NEON_BF16: {
    neon_product same = {m, n, k, a, lda, b, start, ld_start, out, ld};
    multiply_neon(&same);
    break;
  }
#endif
  default: multiply_baseline(&p);
  }
}
