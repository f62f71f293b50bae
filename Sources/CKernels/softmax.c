// Softmax down the columns of transposed tiles of attention scores: every query is a lane, so that its running
// maximum and sum need no reduction across lanes, and the weights lie as the right operand of the next product.
#include "CKernels.h"
#include "panels.h"

// Of two numbers the larger, of a number that is none the second; compiles to one instruction.
#define LARGER(a, b)                                      \
  ((lanes_f32)(((lanes_u32)((a) > (b)) & (lanes_u32)(a)) | \
               (~(lanes_u32)((a) > (b)) & (lanes_u32)(b))))

// 2^x for x <= 0, relative error below 3e-7, clamped below -126: a polynomial of degree 5 (minimax over
// [-1/2, 1/2]) whose exponent the nearest integer is added to. Through a pointer: vectors wider than the
// baseline's registers cannot be passed by value.
INLINE void exp2_lanes(lanes_f32 *x) {
#pragma clang fp contract(fast)
  lanes_f32 t = LARGER((lanes_f32){0} - 126.0f, *x);
  const float shifter = 12582912.0f; // 1.5 * 2^23 rounds to the nearest integer
  lanes_f32 biased = t + shifter;
  lanes_f32 r = t - (biased - shifter);
  lanes_f32 p = 0.0013276472f * r + 0.009675541f;
  p = p * r + 0.055507133f;
  p = p * r + 0.2402212f;
  p = p * r + 0.69314697f;
  p = p * r + 1.0f;
  *x = (lanes_f32)((lanes_u32)p + ((lanes_u32)biased << 23));
}

typedef struct {
  float *scores;
  size_t keys, width;
  float *maximum, *sum, *out;
  size_t n;
} score_tile;

// Two chains of comparisons, as one comparison waits for the other.
INLINE void raise_maximum(const int vectors, const score_tile *t, lanes_f32 *maximum) {
  lanes_f32 second[2];
  size_t width = (size_t)vectors * LANES, key = 0;
  UNROLLED for (int v = 0; v < vectors; v++) second[v] = maximum[v];
  for (; key + 2 <= t->keys; key += 2)
    UNROLLED for (int v = 0; v < vectors; v++) {
      const float *s = t->scores + key * width + v * LANES;
      lanes_f32 a = *(const lanes_f32 *)s, b = *(const lanes_f32 *)(s + width);
      maximum[v] = LARGER(a, maximum[v]);
      second[v] = LARGER(b, second[v]);
    }
  UNROLLED for (int v = 0; v < vectors; v++) {
    if (key < t->keys) {
      lanes_f32 a = *(const lanes_f32 *)(t->scores + key * width + v * LANES);
      maximum[v] = LARGER(a, maximum[v]);
    }
    maximum[v] = LARGER(second[v], maximum[v]);
  }
}

// Of two neighbouring keys the weights of sixteen queries, from `s` to `out`; a key that does not exist weighs nothing.
INLINE void weigh(
  const int narrow, const int pair, const float *s, size_t width, const lanes_f32 *maximum, float *out,
  lanes_f32 *total) {
  lanes_f32 a = *(const lanes_f32 *)s - *maximum, b = {0};
  exp2_lanes(&a);
  total[0] += a;
  if (pair) {
    b = *(const lanes_f32 *)(s + width) - *maximum;
    exp2_lanes(&b);
    total[1] += b;
  }
  if (narrow) {
    // To the nearest bfloat16, ties up.
    *(lanes_u32 *)out = (((lanes_u32)a + 0x8000u) >> 16) | (((lanes_u32)b + 0x8000u) & 0xffff0000u);
  } else {
    *(lanes_f32 *)out = a;
    if (pair) *(lanes_f32 *)(out + width) = b;
  }
}

INLINE void softmax(const int vectors, const int narrow, const score_tile *t) {
  lanes_f32 before[2], after[2], total[2][2] = {{{0}}};
  uint32_t raised = 0;
  size_t width = (size_t)vectors * LANES;
  UNROLLED for (int v = 0; v < vectors; v++)
    after[v] = before[v] = *(const lanes_f32 *)(t->maximum + v * LANES);
  raise_maximum(vectors, t, after);
  for (size_t key = 0; key < t->keys; key += 2)
    UNROLLED for (int v = 0; v < vectors; v++) {
      const float *s = t->scores + key * width + v * LANES;
      float *out = t->scores + (narrow ? key / 2 : key) * width + v * LANES;
      if (key + 1 < t->keys) weigh(narrow, 1, s, width, &after[v], out, total[v]);
      else weigh(narrow, 0, s, width, &after[v], out, total[v]);
    }
  UNROLLED for (int v = 0; v < vectors; v++) {
    lanes_f32 *maximum = (lanes_f32 *)(t->maximum + v * LANES), *sum = (lanes_f32 *)(t->sum + v * LANES);
    for (int i = 0; i < LANES; i++) raised |= after[v][i] != before[v][i];
    lanes_f32 correction = before[v] - after[v];
    exp2_lanes(&correction);
    *maximum = after[v];
    *sum = *sum * correction + (total[v][0] + total[v][1]);
    if (raised)
      for (size_t i = 0; i < t->n; i++) *(lanes_f32 *)(t->out + i * width + v * LANES) *= correction;
  }
}

INLINE void softmax_of_width(const score_tile *t, int narrow) {
  if (t->width > LANES) {
    if (narrow) softmax(2, 1, t);
    else softmax(2, 0, t);
  } else {
    if (narrow) softmax(1, 1, t);
    else softmax(1, 0, t);
  }
}

static void softmax_baseline(const score_tile *t, int narrow) { softmax_of_width(t, narrow); }
#ifdef HAS_X86_SETS
AVX2_CODE static void softmax_avx2(const score_tile *t, int narrow) { softmax_of_width(t, narrow); }
AVX512_CODE static void softmax_avx512(const score_tile *t, int narrow) { softmax_of_width(t, narrow); }
#endif

void ck_softmax_columns(
  ck_kernel_set set, float *scores, size_t keys, size_t width, float *maximum, float *sum, float *out, size_t n,
  int narrow) {
  score_tile t = {scores, keys, width, maximum, sum, out, n};
  switch (set) {
#ifdef HAS_X86_SETS
  case CK_AVX2: softmax_avx2(&t, narrow); break;
  case CK_AVX512:
  case CK_AVX512_BF16:
  case CK_AMX_BF16: softmax_avx512(&t, narrow); break;
#endif
  default: softmax_baseline(&t, narrow);
  }
}

void ck_mask_columns(float *scores, size_t keys, size_t width, ptrdiff_t ahead) {
  for (size_t key = 0; key < keys; key++)
    for (ptrdiff_t c = 0; c < (ptrdiff_t)width && c < ahead + (ptrdiff_t)key; c++)
      scores[key * width + (size_t)c] = -3.4028235e38f;
}

MULTIVERSION
void ck_divide_columns(float *x, const float *divisor, size_t rows, size_t width) {
  for (size_t row = 0; row < rows; row++)
    for (size_t i = 0; i < width; i++) x[row * width + i] /= divisor[i];
}
