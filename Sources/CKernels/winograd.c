// The tile transforms of Winograd convolution F(4×4, 3×3) (Lavin & Gray 2016), with
// interpolation points 0, ±1, ±2: vectorised over channels, a block of them at a time.
//
// A doubled map has every pixel twice along each edge, and its tiles begin with the second of a pair: d1 = d2 and
// d3 = d4. As a polynomial such a row is a multiple of 1 + x, so at the point -1 it is zero, whatever its pixels are, and
// so are the products there: 25 of 36 are left.
#include "CKernels.h"
#include "panels.h"
#include "transpose.h"

// One column of Bᵀ·d for six inputs.
#define INPUT_TRANSFORM(d0, d1, d2, d3, d4, d5, v0, v1, v2, v3, v4, v5) \
  do { \
    lanes_f32 even = d4 - 4.0f * d2, odd = d3 - 4.0f * d1; \
    lanes_f32 near = d4 - d2, far = 2.0f * (d3 - d1); \
    v0 = 4.0f * d0 - 5.0f * d2 + d4; \
    v1 = even + odd; \
    v2 = even - odd; \
    v3 = near + far; \
    v4 = near - far; \
    v5 = 4.0f * d1 - 5.0f * d3 + d5; \
  } while (0)

// One column of Aᵀ·m for six products.
#define OUTPUT_TRANSFORM(m0, m1, m2, m3, m4, m5, y0, y1, y2, y3) \
  do { \
    lanes_f32 sum1 = m1 + m2, difference1 = m1 - m2; \
    lanes_f32 sum2 = m3 + m4, difference2 = m3 - m4; \
    y0 = m0 + sum1 + sum2; \
    y1 = difference1 + 2.0f * difference2; \
    y2 = sum1 + 4.0f * sum2; \
    y3 = difference1 + 8.0f * difference2 + m5; \
  } while (0)

// Whether a transformed value's row or column is the one that a doubled map leaves zero.
INLINE int is_left_out(int doubled, int index) { return doubled && index == CK_WINOGRAD_ZERO; }

// Up to a vector of neighbouring channels, those past the last one zero. Through a pointer, see pack.c.
INLINE void load(lanes_f32 *x, const float *from, size_t lanes) {
  if (lanes < LANES) *x = (lanes_f32){0};
  memcpy(x, from, lanes * sizeof *from);
}

INLINE void input_lanes(
  const float *const *taps, size_t first, size_t lanes, const int doubled, float *out, size_t stride) {
  _Alignas(64) lanes_f32 rows[6][6];
  lanes_f32 v[6];
  for (int x = 0; x < 6; x++) {
    lanes_f32 d[6];
    for (int y = 0; y < 6; y++) load(d + y, taps[6 * y + x] + first, lanes);
    INPUT_TRANSFORM(
      d[0], d[1], d[2], d[3], d[4], d[5], rows[0][x], rows[1][x], rows[2][x], rows[3][x], rows[4][x], rows[5][x]);
  }
  for (int y = 0; y < 6; y++) {
    if (is_left_out(doubled, y)) continue;
    lanes_f32 *d = rows[y];
    INPUT_TRANSFORM(d[0], d[1], d[2], d[3], d[4], d[5], v[0], v[1], v[2], v[3], v[4], v[5]);
    for (int x = 0; x < 6; x++)
      if (!is_left_out(doubled, x))
        memcpy(out + (size_t)(6 * y + x) * stride + first, v + x, lanes * sizeof *out);
  }
}

INLINE void input_tile(
  const float *const *taps, size_t channels, const int doubled, float *out, size_t stride) {
  size_t c = 0;
  for (; c + LANES <= channels; c += LANES) input_lanes(taps, c, LANES, doubled, out, stride);
  if (c < channels) input_lanes(taps, c, channels - c, doubled, out, stride);
}

MULTIVERSION
void ck_winograd_input(const float *const *taps, size_t channels, int doubled, float *out, size_t stride) {
  if (doubled) input_tile(taps, channels, 1, out, stride);
  else input_tile(taps, channels, 0, out, stride);
}

INLINE void output_lanes(
  const float *in, size_t stride, size_t first, size_t lanes, const int doubled, const float *bias,
  const float *const *residual, float *const *out) {
  _Alignas(64) lanes_f32 rows[4][6];
  lanes_f32 y[4];
  lanes_f32 base = {0};
  if (bias) load(&base, bias + first, lanes);
  for (int x = 0; x < 6; x++) {
    lanes_f32 m[6] = {{0}};
    for (int k = 0; k < 6; k++)
      if (!is_left_out(doubled, k) && !is_left_out(doubled, x))
        load(m + k, in + (size_t)(6 * k + x) * stride + first, lanes);
    OUTPUT_TRANSFORM(m[0], m[1], m[2], m[3], m[4], m[5], rows[0][x], rows[1][x], rows[2][x], rows[3][x]);
  }
  for (int row = 0; row < 4; row++) {
    lanes_f32 *m = rows[row];
    OUTPUT_TRANSFORM(m[0], m[1], m[2], m[3], m[4], m[5], y[0], y[1], y[2], y[3]);
    for (int x = 0; x < 4; x++) {
      float *target = out[4 * row + x];
      if (!target) continue;
      lanes_f32 value = y[x] + base;
      if (residual) {
        lanes_f32 more;
        load(&more, residual[4 * row + x] + first, lanes);
        value += more;
      }
      memcpy(target + first, &value, lanes * sizeof *target);
    }
  }
}

INLINE void output_tile(
  const float *in, size_t stride, size_t channels, const int doubled, const float *bias,
  const float *const *residual, float *const *out) {
  size_t c = 0;
  for (; c + LANES <= channels; c += LANES) output_lanes(in, stride, c, LANES, doubled, bias, residual, out);
  if (c < channels) output_lanes(in, stride, c, channels - c, doubled, bias, residual, out);
}

MULTIVERSION
void ck_winograd_output(
  const float *in, size_t stride, size_t channels, int doubled, const float *bias, const float *const *residual,
  float *const *out) {
  if (doubled) output_tile(in, stride, channels, 1, bias, residual, out);
  else output_tile(in, stride, channels, 0, bias, residual, out);
}

// One column of G·g for three taps.
#define WEIGHT_TRANSFORM(g0, g1, g2, w0, w1, w2, w3, w4, w5) \
  do { \
    lanes8 near = g0 + g2, far = g0 + 4.0f * g2, middle = 2.0f * g1; \
    w0 = 0.25f * g0; \
    w1 = (near + g1) * (-1.0f / 6); \
    w2 = (near - g1) * (-1.0f / 6); \
    w3 = (far + middle) * (1.0f / 24); \
    w4 = (far - middle) * (1.0f / 24); \
    w5 = g2; \
  } while (0)

INLINE void weight_lanes(const lanes8 *g, float *out, size_t stride) {
  lanes8 columns[6][3], u[6];
  for (int x = 0; x < 3; x++)
    WEIGHT_TRANSFORM(
      g[x], g[3 + x], g[6 + x], columns[0][x], columns[1][x], columns[2][x], columns[3][x], columns[4][x],
      columns[5][x]);
  for (size_t y = 0; y < 6; y++) {
    WEIGHT_TRANSFORM(columns[y][0], columns[y][1], columns[y][2], u[0], u[1], u[2], u[3], u[4], u[5]);
    for (size_t x = 0; x < 6; x++) *(lanes8 *)(out + (y * 6 + x) * stride) = u[x];
  }
}

MULTIVERSION
void ck_winograd_weight(
  const float *rows, size_t ld, size_t outputs, size_t channels, float *out, size_t ld_out, size_t stride) {
  size_t width = panel_width(outputs);
  lanes8 taps[PANEL / 8][72];
  for (size_t c = 0; c < channels; c += 8) {
    for (size_t group = 0; group < width / 8; group++) {
      size_t first = 8 * group;
      transposed_taps(
        rows + (first < outputs ? first * ld : 0) + 9 * c, ld, first < outputs ? outputs - first : 0, channels - c,
        taps[group]);
    }
    for (size_t k = 0; k < 8 && c + k < channels; k++)
      for (size_t group = 0; group < width / 8; group++)
        weight_lanes(taps[group] + 9 * k, out + (c + k) * ld_out + 8 * group, stride);
  }
}
