// What token merging does with rows.
#include "checks.h"
#include <string.h>

static void finds_largest(const float *x, size_t rows, size_t columns, size_t ld) {
  float *value = special_floats(rows), *expected_value = copied(value, rows);
  int32_t *position = integers(rows), *expected = integers(rows);
  for (size_t r = 0; r < rows; r++) {
    position[r] = expected[r] = (int32_t)r;
    // What is no number is never larger, nor is anything larger than one that stands first.
    size_t best = 0;
    for (size_t c = 1; c < columns; c++)
      if (x[r * ld + c] > x[r * ld + best]) best = c;
    if (x[r * ld + best] > value[r]) expected_value[r] = x[r * ld + best], expected[r] = 1000 + (int32_t)best;
  }
  testing("ck_update_argmax_rows, %zu x %zu, rows %zu apart", rows, columns, ld);
  ck_update_argmax_rows(x, rows, columns, ld, 1000, value, position);
  expect_same(value, expected_value, rows);
  expect_same_integers(position, expected, rows);
  release();
}

static void means(size_t rows, size_t n) {
  enum { SOURCES = 11 };
  float *x = random_floats(SOURCES * n, -3, 3), *out = floats(rows * n), *expected = floats(rows * n);
  int32_t *offsets = integers(rows + 1);
  offsets[0] = 0;
  for (size_t r = 0; r < rows; r++) offsets[r + 1] = offsets[r] + 1 + (int32_t)below(5);
  int32_t *members = integers((size_t)offsets[rows]);
  for (int32_t i = 0; i < offsets[rows]; i++) members[i] = (int32_t)below(SOURCES);
  for (size_t r = 0; r < rows; r++)
    for (size_t i = 0; i < n; i++) {
      float sum = x[(size_t)members[offsets[r]] * n + i];
      for (int32_t k = offsets[r] + 1; k < offsets[r + 1]; k++) sum += x[(size_t)members[k] * n + i];
      expected[r * n + i] = sum / (float)(offsets[r + 1] - offsets[r]);
    }
  testing("ck_mean_rows, %zu x %zu", rows, n);
  ck_mean_rows(x, offsets, members, out, rows, n);
  expect_same(out, expected, rows * n);
  release();
}

static void gathers(size_t rows, size_t n, int with_residual) {
  float *x = special_floats((rows + 2) * n), *out = floats(rows * n), *expected = floats(rows * n);
  float *residual = with_residual ? special_floats(rows * n) : NULL;
  int32_t *source = integers(rows);
  for (size_t r = 0; r < rows; r++) {
    source[r] = (int32_t)below(rows + 2);
    for (size_t i = 0; i < n; i++) {
      float value = x[(size_t)source[r] * n + i];
      expected[r * n + i] = residual ? value + residual[r * n + i] : value;
    }
  }
  testing("ck_gather_rows, %zu x %zu%s", rows, n, with_residual ? " with a residual" : "");
  ck_gather_rows(x, source, residual, out, rows, n);
  expect_same(out, expected, rows * n);
  release();
}

static void copies(size_t count) {
  uint16_t *in = halves(count + 2), *out = halves(count + 2), *expected = halves(count + 2);
  for (size_t i = 0; i < count + 2; i++) {
    in[i] = (uint16_t)below(65536);
    // What is before and behind stays.
    out[i] = expected[i] = (uint16_t)below(65536);
    if (i > 0 && i <= count) expected[i] = in[i];
  }
  testing("ck_copy, %zu bytes", 2 * count);
  ck_copy(in + 1, out + 1, 2 * count);
  expect_same_halves(out, expected, count + 2);
  release();
}

void test_rows(void) {
  for (size_t count = 0; count < 100; count++) copies(count);
  copies(11520);
  for (size_t n = 1; n < 70; n++) {
    size_t rows = n % 5 + 1, ld = n + n % 3;
    finds_largest(random_floats((rows - 1) * ld + n, -1, 1), rows, n, ld);
    finds_largest(special_floats((rows - 1) * ld + n), rows, n, ld);
    // Of equal ones the first counts.
    float *even = floats((rows - 1) * ld + n);
    for (size_t i = 0; i < (rows - 1) * ld + n; i++) even[i] = (float)below(3);
    finds_largest(even, rows, n, ld);
    means(rows, n);
    gathers(rows, n, 0), gathers(rows, n, 1);
  }
}
