// Normalisation over channels and rows.
#include "checks.h"
#include <math.h>
#include <string.h>

// The squares of fp32 numbers are exact in double precision, and rows are added in their order.
static void moments(float *x, size_t rows, size_t channels, size_t ld) {
  double *sum = doubles(channels), *squares = doubles(channels);
  double *expected_sum = doubles(channels), *expected_squares = doubles(channels);
  for (size_t c = 0; c < channels; c++) {
    sum[c] = expected_sum[c] = (double)uniform(-1, 1);
    squares[c] = expected_squares[c] = (double)uniform(0, 1);
    for (size_t r = 0; r < rows; r++) {
      double value = (double)x[r * ld + c];
      expected_sum[c] += value;
      expected_squares[c] += value * value;
    }
  }
  testing("ck_channel_moments, %zu x %zu of %zu", rows, channels, ld);
  ck_channel_moments(x, rows, channels, ld, sum, squares);
  expect_same_doubles(sum, expected_sum, channels);
  expect_same_doubles(squares, expected_squares, channels);
  release();
}

static void affine(size_t rows, size_t channels, int silu) {
  size_t count = rows * channels;
  float *x = random_floats(count, -8, 8), *scale = random_floats(channels, -2, 2), *out = floats(count);
  float *shift = random_floats(channels, -1, 1);
  double *expected = doubles(count), *allowed = doubles(count);
  for (size_t i = 0; i < count; i++) {
    double product = (double)x[i] * (double)scale[i % channels], y = product + (double)shift[i % channels];
    // Of the product, unless it is fused, and of the sum.
    double error = (fabs(product) + fabs(y)) * 0x1p-24;
    expected[i] = silu ? y / (1 + exp(-y)) : y;
    // The slope of SiLU is at most 1.1; its own error as in the tests of activations.
    allowed[i] = silu ? 1.1 * error + fabs(expected[i]) * 6e-7 : error;
  }
  testing("ck_affine_rows%s, %zu x %zu", silu ? " with SiLU" : "", rows, channels);
  ck_affine_rows(x, scale, shift, out, rows, channels, silu);
  expect_close(out, expected, allowed, count);
  release();
}

// Sums of n terms in any order are off by at most n roundings of the sum of magnitudes, and seldom by a tenth of that.
static void layer_norm(size_t rows, size_t n, float offset) {
  size_t count = rows * n;
  float *x = random_floats(count, offset - 2, offset + 2), *gamma = random_floats(n, 0, 2), *beta = random_floats(n, -1, 1);
  float *out = floats(count), epsilon = 1e-5f;
  double *expected = doubles(count), *allowed = doubles(count);
  for (size_t r = 0; r < rows; r++) {
    double mean = 0, squares = 0, magnitude = 0;
    for (size_t i = 0; i < n; i++) mean += (double)x[r * n + i] / (double)n;
    for (size_t i = 0; i < n; i++) {
      double d = (double)x[r * n + i] - mean;
      squares += d * d / (double)n;
      magnitude += fabs((double)x[r * n + i]) / (double)n;
    }
    double scale = 1 / sqrt(squares + (double)epsilon), mean_error = (double)(n + 2) * 0x1p-24 * magnitude;
    for (size_t i = 0; i < n; i++) {
      double z = ((double)x[r * n + i] - mean) * scale, g = (double)gamma[i], b = (double)beta[i];
      expected[r * n + i] = z * g + b;
      // The mean's error moves every value, and the deviation by no more than that.
      allowed[r * n + i] = g * scale * mean_error * (1 + fabs(z))
        + (double)(n + 8) * 0x1p-24 * g * fabs(z) + 0x1p-24 * fabs(z * g + b);
    }
  }
  testing("ck_layer_norm, %zu x %zu around %g", rows, n, (double)offset);
  ck_layer_norm(x, gamma, beta, epsilon, out, rows, n);
  expect_close(out, expected, allowed, count);
  release();
}

static void normalizes(size_t rows, size_t n, int chosen) {
  float *x = random_floats((rows + 2) * n, -3, 3), *out = floats(rows * n);
  int32_t *position = chosen ? integers(rows) : NULL;
  double *expected = doubles(rows * n), *allowed = doubles(rows * n);
  for (size_t r = 0; r < rows; r++) {
    if (position) position[r] = (int32_t)below(rows + 2);
    const float *row = x + (position ? (size_t)position[r] : r) * n;
    double squares = 0;
    for (size_t i = 0; i < n; i++) squares += (double)row[i] * (double)row[i];
    for (size_t i = 0; i < n; i++) {
      expected[r * n + i] = (double)row[i] / sqrt(squares);
      allowed[r * n + i] = fabs(expected[r * n + i]) * ((double)n / 2 + 3) * 0x1p-24;
    }
  }
  testing("ck_normalize_rows, %zu x %zu%s", rows, n, chosen ? ", chosen" : "");
  ck_normalize_rows(x, position, out, rows, n);
  expect_close(out, expected, allowed, rows * n);
  release();
}

void test_normalization(void) {
  for (size_t n = 1; n < 70; n++) {
    size_t rows = n % 4 + 1;
    moments(random_floats(rows * n, -9, 9), rows, n, n), moments(special_floats(rows * n), rows, n, n);
    moments(random_floats(rows * (n + 5), -9, 9), rows, n, n + 5);
    affine(rows, n, 0), affine(rows, n, 1);
    layer_norm(rows, n, 0);
    normalizes(rows, n, 0), normalizes(rows, n, 1);
  }
  moments(random_floats(300 * 37, -9, 9), 300, 37, 37);
  layer_norm(5, 321, 0), layer_norm(5, 1280, 10);
  normalizes(5, 641, 1);
}
