// SIMD kernels: plain C without allocation, threads or globals. Where the
// toolchain can, each is compiled for several instruction sets and the best one
// is chosen when the program is loaded.
#pragma once
#include <stddef.h>
#include <stdint.h>

// out[i] = the IEEE half or bfloat16 at in[i], widened.
void ck_widen_f16(const void *in, float *out, size_t count);
void ck_widen_bf16(const void *in, float *out, size_t count);
// out[i] = the nearest IEEE half of in[i].
void ck_narrow_f16(const float *in, uint16_t *out, size_t count);

// Kernel sets of the matrix products: what the compiler's baseline offers, and more.
typedef enum {
  CK_BASELINE, CK_AVX2, CK_AVX512, CK_AVX512_BF16, CK_AMX_BF16, CK_NEON, CK_NEON_BF16
} ck_kernel_set;
// Asks the system for the tiles of AMX, where the processor has them.
int ck_has_kernel_set(ck_kernel_set set);
// Whether vdpbf16ps multiplies faster than fp32's instruction: AMD's twice as fast, Intel's a little slower.
int ck_has_fast_pairs(void);

// The right operand of a product, [k, n], is laid out in panels of 32 columns, one after the other: k rows of 32
// numbers each, columns that do not exist zero; the last panel is 16 wide where that is enough. In bfloat16, two
// rows of k are interleaved (k even; a last odd row is filled up with zeros).
//
// One panel, of n <= 32 columns that are the rows of `rows` (leading dimension ld).
void ck_pack_rows(const float *rows, size_t ld, size_t n, size_t k, float *out);
void ck_pack_rows_bf16(const float *rows, size_t ld, size_t n, size_t k, uint16_t *out);
// The same of rows that are [channels, area], as torch stores a convolution's weight: k is [area, channels], in bfloat16
// with the channels of every tap filled up to an even number.
void ck_pack_taps(const float *rows, size_t ld, size_t n, size_t channels, size_t area, float *out);
void ck_pack_taps_bf16(const float *rows, size_t ld, size_t n, size_t channels, size_t area, uint16_t *out);
// Every row's n numbers as the nearest bfloat16, then zeros up to ld_out.
void ck_narrow_bf16(const float *in, size_t rows, size_t n, size_t ld, uint16_t *out, size_t ld_out);

// out [m, n] = start [m, n] + a [m, k] · b; b in panels. Rows of start lie ld_start apart, 0 where all are the same
// (a bias); it may be out itself, or null for zeros. In bfloat16 k is even.
void ck_multiply(
  ck_kernel_set set, size_t m, size_t n, size_t k, const float *a, size_t lda, const float *b, const float *start,
  size_t ld_start, float *out, size_t ld);
void ck_multiply_bf16(
  ck_kernel_set set, size_t m, size_t n, size_t k, const uint16_t *a, size_t lda, const uint16_t *b,
  const float *start, size_t ld_start, float *out, size_t ld);

// Activations, in place.
void ck_relu(float *x, size_t count);
void ck_silu(float *x, size_t count);
void ck_gelu(float *x, size_t count);
void ck_quick_gelu(float *x, size_t count);
// out [rows, n] = value times the exact (erf) GELU of gate; rows of both lie ld apart, those of out ld_out.
void ck_geglu(
  const float *value, const float *gate, size_t ld, float *out, size_t ld_out, size_t rows, size_t n);

// Elementwise sums.
void ck_add(const float *a, const float *b, float *out, size_t count);
void ck_subtract(const float *a, const float *b, float *out, size_t count);
void ck_scale(const float *a, float factor, float *out, size_t count);

// Every row of `out` becomes that of `in` (both of leading dimension ld) plus a row `added`, which may be null.
void ck_add_to_rows(const float *in, const float *added, float *out, size_t rows, size_t n, size_t ld);

// Adds to sum[c] and squares[c] over the rows of x, which are ld apart.
void ck_channel_moments(
  const float *x, size_t rows, size_t channels, size_t ld, double *sum, double *squares);
// out = x * scale[c] + shift[c], then SiLU if asked.
void ck_affine_rows(
  const float *x, const float *scale, const float *shift, float *out, size_t rows, size_t channels, int silu);
// Layer normalisation of every row.
void ck_layer_norm(
  const float *x, const float *gamma, const float *beta, float epsilon, float *out, size_t rows, size_t n);
// out[i] = row position[i] of x (row i where position is null) divided by its Euclidean length.
void ck_normalize_rows(const float *x, const int32_t *position, float *out, size_t rows, size_t n);

// One tile of an online softmax (Milakov & Gimelshein 2018) down the columns of scores [keys, width], width 16 or 32,
// one column a query. Scores become 2^(s - maximum) against the running maxima; `maximum` and `sum`, [width], are
// brought up to date, and what was accumulated, out [n, width], is rescaled. If `narrow`, the results are rounded
// to bfloat16 and rows interleaved in pairs, as ck_pack_rows_bf16 lays them out; otherwise as ck_pack_rows does.
void ck_softmax_columns(
  ck_kernel_set set, float *scores, size_t keys, size_t width, float *maximum, float *sum, float *out, size_t n,
  int narrow);
// The most negative number in place of scores that a causal mask hides: of row i the first `ahead + i` columns.
void ck_mask_columns(float *scores, size_t keys, size_t width, ptrdiff_t ahead);
// Column i of x [rows, width] divided by divisor[i].
void ck_divide_columns(float *x, const float *divisor, size_t rows, size_t width);
// out[c * ld_out + r] = in[r * ld + c].
void ck_transpose(const float *in, size_t rows, size_t columns, size_t ld, float *out, size_t ld_out);

// A running arg-max over tiles of columns: where a row's largest value is above value[row], that and its first
// position, counted from `first`, take the place of what is there.
void ck_update_argmax_rows(
  const float *x, size_t rows, size_t columns, size_t ld, int32_t first, float *value, int32_t *position);
// out[i] = mean of the rows members[offsets[i]] ..< members[offsets[i + 1]] of x.
void ck_mean_rows(
  const float *x, const int32_t *offsets, const int32_t *members, float *out, size_t rows, size_t n);
// out[i] = x[source[i]], plus residual[i] unless residual is null.
void ck_gather_rows(
  const float *x, const int32_t *source, const float *residual, float *out, size_t rows, size_t n);

// The same bytes elsewhere, in vectors: of pieces of some KiB memcpy makes one instruction (rep movsb), for which some
// processors take several times as long.
void ck_copy(const void *in, void *out, size_t bytes);

// Winograd F(4×4, 3×3): the 36 transformed values of a panel of up to 32 output channels, whose rows of
// 9 * channels taps (channel by channel) lie ld apart. Value v becomes `channels` rows at out + v * stride that lie
// ld_out apart, of 32 numbers each or, where that is enough, 16; outputs that do not exist are zero. As far apart as
// they are long they are a panel (see ck_pack_rows).
void ck_winograd_weight(
  const float *rows, size_t ld, size_t outputs, size_t channels, float *out, size_t ld_out, size_t stride);
// One tile. `taps` are the 36 pixels of the 6×6 input tile,
// row by row, `channels` values each; transformed value k goes to out + k * stride. Of a doubled map, whose rows and
// columns 1 and 2 are the same, and 3 and 4, values with k / 6 or k % 6 equal to CK_WINOGRAD_ZERO are zero, and are not
// written.
enum { CK_WINOGRAD_ZERO = 2 };
void ck_winograd_input(const float *const *taps, size_t channels, int doubled, float *out, size_t stride);
// The 4×4 results of a tile from its 36 products in + k * stride (of a doubled map, those that are not zero), plus bias
// and residual (either may be null), to the 16 pixels `out`; null pixels lie outside the image.
void ck_winograd_output(
  const float *in, size_t stride, size_t channels, int doubled, const float *bias, const float *const *residual,
  float *const *out);

// SHA-256 (FIPS 180-4, section 6.2): state [8] after `blocks` more blocks of 64 bytes; by the processor's own
// instructions where it has them, or in plain C whatever it has.
void ck_sha256(uint32_t *state, const uint8_t *data, size_t blocks);
void ck_sha256_portable(uint32_t *state, const uint8_t *data, size_t blocks);
