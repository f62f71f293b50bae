// Matrix products of bfloat16 numbers summed in fp32, as the instruction vdpbf16ps does it: of each pair
// along k first the odd product is added, then the even one. Products of two bfloat16 numbers are exact in
// fp32, so the portable tile gives the same bits (but for subnormal numbers, which the instruction takes for zero).
//
// Arm's instruction bfdot adds the two products to each other, then to the sum, and rounds both to odd: its last bits
// are others. It takes subnormal numbers for zero, too.
#include "CKernels.h"
#include "amx_tiles.h"
#include "panels.h"

INLINE void portable_tile(
  const int rows, const int vectors, size_t k, const uint16_t *a, size_t lda, const uint16_t *b, size_t ldb,
  const float *start, size_t ld_start, float *out, size_t ld) {
#pragma clang fp contract(fast)
  lanes_f32 sum[MOST_ROWS][2];
  UNROLLED for (int r = 0; r < rows; r++)
    UNROLLED for (int v = 0; v < vectors; v++)
      sum[r][v] = start ? *(const lanes_f32 *)(start + (size_t)r * ld_start + LANES * v) : (lanes_f32){0};
  for (size_t p = 0; p < k; p += 2) {
    lanes_f32 even[2], odd[2];
    UNROLLED for (int v = 0; v < vectors; v++) {
      lanes_u32 pairs = *(const lanes_u32 *)(b + p * ldb + 2 * LANES * v);
      even[v] = (lanes_f32)(pairs << 16);
      odd[v] = (lanes_f32)(pairs & 0xffff0000u);
    }
    UNROLLED for (int r = 0; r < rows; r++) {
      float x[2];
      uint32_t bits[2] = {(uint32_t)a[(size_t)r * lda + p] << 16, (uint32_t)a[(size_t)r * lda + p + 1] << 16};
      memcpy(x, bits, sizeof x);
      UNROLLED for (int v = 0; v < vectors; v++) {
        sum[r][v] += x[1] * odd[v];
        sum[r][v] += x[0] * even[v];
      }
    }
  }
  UNROLLED for (int r = 0; r < rows; r++)
    UNROLLED for (int v = 0; v < vectors; v++) *(lanes_f32 *)(out + (size_t)r * ld + LANES * v) = sum[r][v];
}

#define ELEMENT uint16_t
#define PER_COLUMN 2
#define TILE portable_tile
#define NAMED(name) portable_##name
#include "product_loops.h"

#ifdef HAS_X86_SETS
#include <immintrin.h>

AVX512_BF16_CODE INLINE void native_tile(
  const int rows, const int vectors, size_t k, const uint16_t *a, size_t lda, const uint16_t *b, size_t ldb,
  const float *start, size_t ld_start, float *out, size_t ld) {
  __m512 sum[MOST_ROWS][2];
  UNROLLED for (int r = 0; r < rows; r++)
    UNROLLED for (int v = 0; v < vectors; v++)
      sum[r][v] = start ? _mm512_loadu_ps(start + (size_t)r * ld_start + LANES * v) : _mm512_setzero_ps();
  for (size_t p = 0; p < k; p += 2) {
    __m512bh y[2];
    UNROLLED for (int v = 0; v < vectors; v++)
      y[v] = (__m512bh)_mm512_loadu_si512(b + p * ldb + 2 * LANES * v);
    UNROLLED for (int r = 0; r < rows; r++) {
      int pair;
      memcpy(&pair, a + (size_t)r * lda + p, sizeof pair);
      __m512bh x = (__m512bh)_mm512_set1_epi32(pair);
      UNROLLED for (int v = 0; v < vectors; v++) sum[r][v] = _mm512_dpbf16_ps(sum[r][v], x, y[v]);
    }
  }
  UNROLLED for (int r = 0; r < rows; r++)
    UNROLLED for (int v = 0; v < vectors; v++) _mm512_storeu_ps(out + (size_t)r * ld + LANES * v, sum[r][v]);
}

#define ELEMENT uint16_t
#define PER_COLUMN 2
#define TILE native_tile
#define NAMED(name) native_##name
#define LOOP_CODE AVX512_BF16_CODE
#include "product_loops.h"

AVX512_BF16_CODE static void multiply_native(const native_product *p) { native_multiply(MOST_ROWS, 2, p); }
AVX512_CODE static void multiply_avx512(const portable_product *p) { portable_multiply(MOST_ROWS, 1, p); }
AVX2_CODE static void multiply_avx2(const portable_product *p) { portable_multiply(4, 1, p); }
#endif

#ifdef HAS_NEON_SETS
#include <arm_neon.h>

#define ELEMENT uint16_t
#define PER_COLUMN 2
#define TILE neon_tile
#define NAMED(name) neon_##name
#define LOOP_CODE NEON_BF16_CODE
#define ADD_PRODUCTS(sum, y, x) vbfdotq_f32(sum, vreinterpretq_bf16_f32(y), vreinterpretq_bf16_f32(x))
#include "neon_tile.h"
#include "product_loops.h"

NEON_BF16_CODE static void multiply_neon(const neon_product *p) { neon_multiply(6, 1, p); }
#endif

static void multiply_baseline(const portable_product *p) { portable_multiply(4, 1, p); }

void ck_multiply_bf16(
  ck_kernel_set set, size_t m, size_t n, size_t k, const uint16_t *a, size_t lda, const uint16_t *b,
  const float *start, size_t ld_start, float *out, size_t ld) {
  portable_product p = {m, n, k, a, lda, b, start, ld_start, out, ld};
  switch (set) {
#ifdef HAS_X86_SETS
  case CK_AVX2: multiply_avx2(&p); break;
  case CK_AVX512: multiply_avx512(&p); break;
  case CK_AVX512_BF16: {
    native_product same = {m, n, k, a, lda, b, start, ld_start, out, ld};
    multiply_native(&same);
    break;
  }
#endif
#ifdef HAS_AMX_TILES
  case CK_AMX_BF16: multiply_amx(m, n, k, a, lda, b, start, ld_start, out, ld); break;
#endif
#ifdef HAS_NEON_SETS
  case CK_NEON_BF16: {
    neon_product same = {m, n, k, a, lda, b, start, ld_start, out, ld};
    multiply_neon(&same);
    break;
  }
#endif
  default: multiply_baseline(&p);
  }
}
