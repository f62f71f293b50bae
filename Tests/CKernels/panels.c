// The operands of matrix products: rounded, and laid out in panels.
#include "checks.h"

static void narrows(const float *in, size_t rows, size_t n, size_t ld, size_t ld_out) {
  uint16_t *expected = halves(rows * ld_out), *out = halves(rows * ld_out);
  for (size_t row = 0; row < rows; row++)
    for (size_t i = 0; i < ld_out; i++) expected[row * ld_out + i] = i < n ? nearest_bf16(in[row * ld + i]) : 0;
  testing("ck_narrow_bf16, %zu x %zu of %zu to %zu", rows, n, ld, ld_out);
  ck_narrow_bf16(in, rows, n, ld, out, ld_out);
  expect_same_halves(out, expected, rows * ld_out);
}

static void packs(size_t n, size_t k, size_t ld) {
  size_t width = padded(n), even = k + k % 2, last = n > 0 ? (n - 1) * ld + k : 0;
  float *rows = special_floats(last), *expected = floats(width * k), *out = floats(width * k);
  uint16_t *narrow = halves(width * even), *out_narrow = halves(width * even);
  for (size_t p = 0; p < even; p++)
    for (size_t c = 0; c < width; c++) {
      float value = c < n && p < k ? rows[c * ld + p] : 0;
      if (p < k) expected[p * width + c] = value;
      narrow[p / 2 * 2 * width + 2 * c + p % 2] = nearest_bf16(value);
    }
  testing("ck_pack_rows, %zu rows of %zu, %zu apart", n, k, ld);
  ck_pack_rows(rows, ld, n, k, out);
  expect_same(out, expected, width * k);
  testing("ck_pack_rows_bf16, %zu rows of %zu, %zu apart", n, k, ld);
  ck_pack_rows_bf16(rows, ld, n, k, out_narrow);
  expect_same_halves(out_narrow, narrow, width * even);
  release();
}

static void packs_taps(size_t n, size_t channels, size_t area, size_t ld) {
  size_t width = padded(n), even = channels + channels % 2;
  size_t last = n > 0 ? (n - 1) * ld + channels * area : 0;
  float *rows = special_floats(last), *expected = floats(width * area * channels), *out = floats(width * area * channels);
  uint16_t *narrow = halves(width * area * even), *out_narrow = halves(width * area * even);
  for (size_t t = 0; t < area; t++)
    for (size_t p = 0; p < even; p++)
      for (size_t c = 0; c < width; c++) {
        float value = c < n && p < channels ? rows[c * ld + p * area + t] : 0;
        if (p < channels) expected[(t * channels + p) * width + c] = value;
        narrow[(t * even + p / 2 * 2) * width + 2 * c + p % 2] = nearest_bf16(value);
      }
  testing("ck_pack_taps, %zu rows of %zu channels, %zu taps, %zu apart", n, channels, area, ld);
  ck_pack_taps(rows, ld, n, channels, area, out);
  expect_same(out, expected, width * area * channels);
  testing("ck_pack_taps_bf16, %zu rows of %zu channels, %zu taps, %zu apart", n, channels, area, ld);
  ck_pack_taps_bf16(rows, ld, n, channels, area, out_narrow);
  expect_same_halves(out_narrow, narrow, width * area * even);
  release();
}

void test_panels(void) {
  // Every number that two neighbours of bfloat16 are as near to, and what is just beside them.
  float *in = floats(3 * 65536);
  for (uint32_t i = 0; i < 65536; i++)
    for (uint32_t j = 0; j < 3; j++) in[3 * i + j] = float_of((i << 16) + 0x7fffu + j);
  narrows(in, 1, 3 * 65536, 3 * 65536, 3 * 65536);
  for (size_t n = 0; n < 36; n++) narrows(special_floats(3 * (n + 5)), 3, n, n + 5, n + n % 2);
  release();

  for (size_t n = 1; n <= 32; n++)
    for (size_t k = 1; k < 36; k += n % 3 + 1) packs(n, k, k + n % 2 * 3);
  packs(32, 513, 600);
  for (size_t n = 1; n <= 32; n++)
    for (size_t channels = 1; channels < 20; channels += n % 3 + 1)
      for (size_t area = 1; area < 11; area += 4) packs_taps(n, channels, area, channels * area + n % 2 * 3);
  packs_taps(32, 67, 25, 67 * 25);
}
