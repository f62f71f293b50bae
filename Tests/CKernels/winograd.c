// Winograd's transforms against their matrices (Lavin & Gray 2016, with interpolation points 0, ±1, ±2), and a whole
// convolution by them against its definition.
#include "checks.h"
#include <math.h>
#include <string.h>

static const double input_matrix[6][6] = {
  {4, 0, -5, 0, 1, 0},  {0, -4, -4, 1, 1, 0}, {0, 4, -4, -1, 1, 0},
  {0, -2, -1, 2, 1, 0}, {0, 2, -1, -2, 1, 0}, {0, 4, 0, -5, 0, 1},
};
static const double weight_matrix[6][3] = {
  {1.0 / 4, 0, 0},
  {-1.0 / 6, -1.0 / 6, -1.0 / 6},
  {-1.0 / 6, 1.0 / 6, -1.0 / 6},
  {1.0 / 24, 1.0 / 12, 1.0 / 6},
  {1.0 / 24, -1.0 / 12, 1.0 / 6},
  {0, 0, 1},
};
static const double output_matrix[4][6] = {
  {1, 1, 1, 1, 1, 0}, {0, 1, -1, 2, -2, 0}, {0, 1, 1, 4, 4, 0}, {0, 1, -1, 8, -8, 1},
};

// Some ten roundings, each of a value that is no larger than the sum of all magnitudes.
static const double rounding = 10 * 0x1p-24;

// matrix [rows, size] · x [size, size] · matrixᵀ, and the same of all magnitudes.
static void transform(
  const double *matrix, size_t rows, size_t size, const double *x, double *out, double *magnitude) {
  for (size_t r = 0; r < rows; r++)
    for (size_t c = 0; c < rows; c++) {
      double sum = 0, all = 0;
      for (size_t i = 0; i < size; i++)
        for (size_t j = 0; j < size; j++) {
          double part = matrix[r * size + i] * x[i * size + j] * matrix[c * size + j];
          sum += part;
          all += fabs(part);
        }
      out[r * rows + c] = sum;
      magnitude[r * rows + c] = all;
    }
}

static int is_zero(int doubled, size_t value) {
  return doubled && (value / 6 == CK_WINOGRAD_ZERO || value % 6 == CK_WINOGRAD_ZERO);
}

// Of a doubled map, two and two of a tile's inner rows and columns are one.
static size_t source(int doubled, size_t tap) {
  size_t y = tap / 6, x = tap % 6;
  return doubled ? (y - (y == 2 || y == 4)) * 6 + x - (x == 2 || x == 4) : tap;
}

static void transforms_input(size_t channels, size_t stride, int doubled) {
  const float *taps[36];
  float *out = floats(35 * stride + channels);
  double *expected = doubles(35 * stride + channels), *allowed = doubles(35 * stride + channels);
  for (size_t t = 0; t < 36; t++)
    taps[t] = source(doubled, t) == t ? random_floats(channels, -2, 2) : taps[source(doubled, t)];
  testing("ck_winograd_input, %zu channels, values %zu apart%s", channels, stride, doubled ? ", doubled" : "");
  for (size_t c = 0; c < channels; c++) {
    double x[36], y[36], all[36];
    for (size_t t = 0; t < 36; t++) x[t] = (double)taps[t][c];
    transform(*input_matrix, 6, 6, x, y, all);
    // The others are not written, and stay no number.
    for (size_t v = 0; v < 36; v++)
      if (!is_zero(doubled, v)) expected[v * stride + c] = y[v], allowed[v * stride + c] = rounding * all[v];
  }
  ck_winograd_input(taps, channels, doubled, out, stride);
  expect_close(out, expected, allowed, 35 * stride + channels);
  release();
}

static void transforms_weight(size_t outputs, size_t channels, size_t ld, size_t gap) {
  size_t width = padded(outputs), ld_out = width + gap, stride = ld_out * channels + 5;
  size_t count = 35 * stride + ld_out * (channels - 1) + width;
  float *rows = random_floats((outputs - 1) * ld + 9 * channels, -1, 1), *out = floats(count);
  double *expected = doubles(count), *allowed = doubles(count);
  for (size_t c = 0; c < channels; c++)
    for (size_t o = 0; o < width; o++) {
      double x[9] = {0}, y[36], all[36];
      for (size_t t = 0; t < 9 && o < outputs; t++) x[t] = (double)rows[o * ld + 9 * c + t];
      transform(*weight_matrix, 6, 3, x, y, all);
      for (size_t v = 0; v < 36; v++) {
        expected[v * stride + c * ld_out + o] = y[v];
        allowed[v * stride + c * ld_out + o] = rounding * all[v];
      }
    }
  testing(
    "ck_winograd_weight, %zu outputs, %zu channels, rows %zu apart to %zu apart", outputs, channels, ld, ld_out);
  ck_winograd_weight(rows, ld, outputs, channels, out, ld_out, stride);
  expect_close(out, expected, allowed, count);
  release();
}

// Of the 16 pixels the last row and column may lie outside the image.
// Of a doubled map, products that are zero are not read: there is something else here.
static void transforms_output(
  size_t channels, size_t stride, int doubled, int with_bias, int with_residual, size_t height) {
  float *in = random_floats(35 * stride + channels, -2, 2), *out[16];
  float *bias = with_bias ? random_floats(channels, -1, 1) : NULL;
  const float *residual[16];
  double *expected[16], *allowed[16];
  for (size_t p = 0; p < 16; p++) {
    int exists = p / 4 < height && p % 4 < height;
    out[p] = exists ? floats(channels) : NULL;
    residual[p] = exists ? random_floats(channels, -3, 3) : NULL;
    expected[p] = doubles(channels);
    allowed[p] = doubles(channels);
  }
  for (size_t c = 0; c < channels; c++) {
    double x[36], y[16], all[16];
    for (size_t v = 0; v < 36; v++) x[v] = is_zero(doubled, v) ? 0 : (double)in[v * stride + c];
    transform(*output_matrix, 4, 6, x, y, all);
    for (size_t p = 0; p < 16; p++) {
      if (!out[p]) continue;
      double base = bias ? (double)bias[c] : 0, more = with_residual ? (double)residual[p][c] : 0;
      expected[p][c] = y[p] + base + more;
      allowed[p][c] = rounding * (all[p] + fabs(base) + fabs(more));
    }
  }
  testing("ck_winograd_output, %zu channels, %zu rows%s%s%s", channels, height, with_bias ? ", bias" : "",
    with_residual ? ", residual" : "", doubled ? ", doubled" : "");
  ck_winograd_output(in, stride, channels, doubled, bias, with_residual ? residual : NULL, out);
  for (size_t p = 0; p < 16; p++)
    if (out[p]) expect_close(out[p], expected[p], allowed[p], channels);
  release();
}

// One tile of one channel: the weights' panel holds 16 outputs.
static void convolves(int doubled) {
  float pixels[36], weight[9], transformed[36], panels[36 * 16], products[36], results[16];
  const float *taps[36];
  float *out[16];
  double expected[16], allowed[16];
  for (size_t i = 0; i < 36; i++)
    pixels[i] = source(doubled, i) == i ? uniform(-1, 1) : pixels[source(doubled, i)], taps[i] = pixels + i;
  for (size_t i = 0; i < 9; i++) weight[i] = uniform(-1, 1);
  for (size_t i = 0; i < 16; i++) out[i] = results + i;
  ck_winograd_input(taps, 1, doubled, transformed, 1);
  ck_winograd_weight(weight, 9, 1, 1, panels, 16, 16);
  for (size_t v = 0; v < 36; v++) products[v] = is_zero(doubled, v) ? NAN : transformed[v] * panels[16 * v];
  ck_winograd_output(products, 1, 1, doubled, NULL, NULL, out);
  for (size_t y = 0; y < 4; y++)
    for (size_t x = 0; x < 4; x++) {
      double sum = 0;
      for (size_t i = 0; i < 9; i++)
        sum += (double)pixels[(y + i / 3) * 6 + x + i % 3] * (double)weight[i];
      expected[4 * y + x] = sum;
      // The transforms pass through numbers some hundred times as large.
      allowed[4 * y + x] = 2e-5;
    }
  testing("a convolution by Winograd's transforms%s", doubled ? ", doubled" : "");
  expect_close(results, expected, allowed, 16);
}

void test_winograd(void) {
  for (size_t channels = 1; channels < 40; channels += 3) {
    for (int doubled = 0; doubled < 2; doubled++) {
      transforms_input(channels, channels + channels % 2, doubled);
      transforms_output(channels, channels + 1, doubled, channels & 1, channels & 2, 4 - channels % 3);
      transforms_output(channels, channels, doubled, channels & 2, channels & 1, 4);
    }
  }
  for (size_t outputs = 1; outputs <= 32; outputs++) {
    size_t channels = outputs * 5 % 19 + 1;
    transforms_weight(outputs, channels, 9 * channels + outputs % 3, channels % 2 * 7);
  }
  convolves(0);
  convolves(1);
}
