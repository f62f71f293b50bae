// SIMD kernels: plain C without allocation, threads or globals. Where the
// toolchain can, each is compiled for several instruction sets and the best one
// is chosen when the program is loaded.
#pragma once
#include <stddef.h>
#include <stdint.h>

// out[i] = the IEEE half or bfloat16 at in[i], widened.
void ck_widen_f16(const void *in, float *out, size_t count);
void ck_widen_bf16(const void *in, float *out, size_t count);

// Activations, in place; GEGLU reads rows of 2n and writes rows of n:
// first half times the exact (erf) GELU of the second.
void ck_relu(float *x, size_t count);
void ck_silu(float *x, size_t count);
void ck_gelu(float *x, size_t count);
void ck_quick_gelu(float *x, size_t count);
void ck_geglu(const float *in, float *out, size_t rows, size_t n);

// Elementwise sums.
void ck_add(const float *a, const float *b, float *out, size_t count);
void ck_subtract(const float *a, const float *b, float *out, size_t count);
void ck_scale(const float *a, float factor, float *out, size_t count);

// Prepares the accumulator of a GEMM: every row of `out` (leading dimension ld)
// becomes bias, residual (the same leading dimension), their sum, or zero; either may be null.
void ck_fill_rows(float *out, const float *bias, const float *residual, size_t rows, size_t n, size_t ld);

// Adds to sum[c] and squares[c] over the rows of x.
void ck_channel_moments(const float *x, size_t rows, size_t channels, double *sum, double *squares);
// out = x * scale[c] + shift[c], then SiLU if asked.
void ck_affine_rows(
  const float *x, const float *scale, const float *shift, float *out, size_t rows, size_t channels, int silu);
// Layer normalisation of every row.
void ck_layer_norm(
  const float *x, const float *gamma, const float *beta, float epsilon, float *out, size_t rows, size_t n);
// out[i] = row position[i] of x (row i where position is null) divided by its Euclidean length.
void ck_normalize_rows(const float *x, const int32_t *position, float *out, size_t rows, size_t n);

// One tile of an online softmax (Milakov & Gimelshein 2018): scores become
// e^(scale*s - max) against the running row maximum, `maximum` and `sum` are
// brought up to date, and the accumulated output rows (width n, leading
// dimension ld_out) are rescaled. Row i may see its first `visible + i` columns
// (clamped to 0...columns).
void ck_online_softmax(
  float *scores, size_t rows, size_t columns, size_t ld, float scale, ptrdiff_t visible, float *maximum,
  float *sum, float *out, size_t n, size_t ld_out);
// Row i divided by divisor[i].
void ck_divide_rows(float *x, const float *divisor, size_t rows, size_t n, size_t ld);

// Largest value of every row and its first position.
void ck_argmax_rows(const float *x, size_t rows, size_t columns, size_t ld, float *value, int32_t *position);
// out[i] = mean of the rows members[offsets[i]] ..< members[offsets[i + 1]] of x.
void ck_mean_rows(
  const float *x, const int32_t *offsets, const int32_t *members, float *out, size_t rows, size_t n);
// out[i] = x[source[i]], plus residual[i] unless residual is null.
void ck_gather_rows(
  const float *x, const int32_t *source, const float *residual, float *out, size_t rows, size_t n);

// Winograd F(4×4, 3×3): the 36 transformed values of `channels` kernels whose nine
// taps lie `channels` apart; value k goes to out + k * stride.
void ck_winograd_weight(const float *taps, size_t channels, float *out, size_t stride);
// One tile. `taps` are the 36 pixels of the 6×6 input tile,
// row by row, `channels` values each; transformed value k goes to out + k * stride.
void ck_winograd_input(const float *const *taps, size_t channels, float *out, size_t stride);
// The 4×4 results of a tile from its 36 products in + k * stride, plus bias and residual
// (either may be null), to the 16 pixels `out`; null pixels lie outside the image.
void ck_winograd_output(
  const float *in, size_t stride, size_t channels, const float *bias, const float *const *residual,
  float *const *out);
