// The softmax of attention, on every kernel set, and what goes with it.
#include "checks.h"
#include <float.h>
#include <math.h>
#include <stddef.h>

// Tiles of scores, one after the other, of `width` queries, each after its own product, as attention runs it.
static void weighs(ck_kernel_set set, size_t width, size_t keys, int narrow, float spread) {
  enum { TILES = 3, VALUES = 5 };
  float *maximum = floats(width), *sum = floats(width), *out = random_floats(VALUES * width, -1, 1);
  double most[32], total[32], total_error[32], rescaled[VALUES * 32], rescaled_error[VALUES * 32];
  for (size_t q = 0; q < width; q++) {
    maximum[q] = -FLT_MAX;
    sum[q] = 0;
    most[q] = -(double)FLT_MAX;
    total[q] = total_error[q] = 0;
  }
  for (size_t i = 0; i < VALUES * width; i++) rescaled[i] = (double)out[i], rescaled_error[i] = 0;
  for (int tile = 0; tile < TILES; tile++) {
    size_t even = keys + keys % 2;
    float *scores = random_floats((narrow ? even : keys) * width, -spread, spread);
    double *weights = doubles(even * width), *allowed = doubles(even * width);
    // A column that is masked, one that is hidden in the first tile, and one whose maximum stays.
    for (size_t key = 0; key < keys; key++) {
      if (key > 0) scores[key * width] = -FLT_MAX;
      if (tile == 0) scores[key * width + 1] = -FLT_MAX;
      if (tile > 0) scores[key * width + 2] -= 3 * spread;
    }
    for (size_t q = 0; q < width; q++) {
      double before = most[q], added = 0, added_error = 0;
      for (size_t key = 0; key < keys; key++) most[q] = fmax(most[q], (double)scores[key * width + q]);
      for (size_t key = 0; key < even; key++) {
        double difference = key < keys ? (double)scores[key * width + q] - most[q] : 0;
        double weight = key < keys ? exp2(difference) : 0;
        // The polynomial's error, the difference's rounding, and what is clamped.
        double error = key < keys ? weight * (4e-7 + fabs(difference) * 0x1p-24) + 0x1.1p-126 : 0;
        weights[key * width + q] = weight;
        allowed[key * width + q] = error + (narrow ? weight * 0x1p-8 : 0);
        added += weight;
        added_error += error;
      }
      double correction = exp2(before - most[q]);
      double error = correction * (4e-7 + (correction > 0 ? (most[q] - before) * 0x1p-24 : 0)) + 0x1.1p-126;
      total_error[q] = total_error[q] * correction + total[q] * error + added_error
        + (added + total[q]) * (double)keys * 0x1p-24;
      total[q] = total[q] * correction + added;
      for (size_t i = q; i < VALUES * width; i += width) {
        rescaled_error[i] = rescaled_error[i] * correction + fabs(rescaled[i]) * (error + 0x1p-24);
        rescaled[i] *= correction;
      }
    }
    testing(
      "ck_softmax_columns %s, %zu queries, %zu keys, up to %g%s, tile %d", kernel_set_names[set], width, keys,
      (double)spread, narrow ? ", narrow" : "", tile);
    ck_softmax_columns(set, scores, keys, width, maximum, sum, out, VALUES, narrow);
    for (size_t q = 0; q < width; q++) expect_close(maximum + q, most + q, (double[]){0}, 1);
    expect_close(sum, total, total_error, width);
    expect_close(out, rescaled, rescaled_error, VALUES * width);
    if (narrow) {
      // In pairs of keys, of which one that does not exist weighs nothing.
      const uint16_t *pairs = (const uint16_t *)(const void *)scores;
      float *wide = floats(even * width);
      for (size_t key = 0; key < even; key++)
        for (size_t q = 0; q < width; q++)
          wide[key * width + q] = of_bf16(pairs[key / 2 * 2 * width + 2 * q + key % 2]);
      expect_close(wide, weights, allowed, even * width);
    } else {
      expect_close(scores, weights, allowed, keys * width);
    }
  }
  release();
}

static void masks(size_t keys, size_t width, ptrdiff_t ahead) {
  float *scores = special_floats(keys * width), *expected = copied(scores, keys * width);
  for (size_t key = 0; key < keys; key++)
    for (size_t c = 0; c < width; c++)
      if ((ptrdiff_t)c < ahead + (ptrdiff_t)key) expected[key * width + c] = -FLT_MAX;
  testing("ck_mask_columns, %zu keys, %zu queries, %td ahead", keys, width, ahead);
  ck_mask_columns(scores, keys, width, ahead);
  expect_same(scores, expected, keys * width);
}

static void divides(size_t rows, size_t width) {
  float *x = special_floats(rows * width), *divisor = special_floats(width), *expected = floats(rows * width);
  for (size_t i = 0; i < rows * width; i++) expected[i] = x[i] / divisor[i % width];
  testing("ck_divide_columns, %zu x %zu", rows, width);
  ck_divide_columns(x, divisor, rows, width);
  expect_same(x, expected, rows * width);
}

static void transposes(size_t rows, size_t columns, size_t ld, size_t ld_out) {
  size_t count = (columns - 1) * ld_out + rows;
  float *in = special_floats((rows - 1) * ld + columns), *out = floats(count), *expected = floats(count);
  for (size_t r = 0; r < rows; r++)
    for (size_t c = 0; c < columns; c++) expected[c * ld_out + r] = in[r * ld + c];
  testing("ck_transpose, %zu x %zu, rows %zu and %zu apart", rows, columns, ld, ld_out);
  ck_transpose(in, rows, columns, ld, out, ld_out);
  expect_same(out, expected, count);
}

void test_attention(void) {
  const size_t keys[] = {1, 2, 3, 17, 64, 113};
  for (ck_kernel_set set = 0; set < KERNEL_SETS; set++) {
    if (!ck_has_kernel_set(set)) continue;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
      for (int narrow = 0; narrow < 2; narrow++) {
        weighs(set, 16, keys[i], narrow, 12);
        weighs(set, 32, keys[i], narrow, 12);
        weighs(set, 32, keys[i], narrow, 300);
      }
  }
  for (ptrdiff_t ahead = -20; ahead < 40; ahead += 7) masks(19, 16, ahead), masks(19, 32, ahead), release();
  for (size_t rows = 0; rows < 9; rows++) divides(rows, 16), divides(rows, 32), divides(rows, 13), release();
  for (size_t rows = 1; rows < 20; rows++)
    for (size_t columns = 1; columns < 20; columns += rows % 3 + 1) {
      transposes(rows, columns, columns + rows % 4, rows + columns % 3);
      release();
    }
}
