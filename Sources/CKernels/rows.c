// Row-wise selection, gathering and averaging, as token merging needs them, and copying.
#include "CKernels.h"
#include "vector_math.h"
#include <string.h>

MULTIVERSION
void ck_copy(const void *in, void *out, size_t bytes) {
  typedef uint8_t lanes_u8 __attribute__((vector_size(64), aligned(1), may_alias));
  const uint8_t *source = in;
  uint8_t *target = out;
  size_t i = 0;
  for (; i + 64 <= bytes; i += 64) *(lanes_u8 *)(target + i) = *(const lanes_u8 *)(source + i);
  memcpy(target + i, source + i, bytes - i);
}

MULTIVERSION
void ck_update_argmax_rows(
  const float *x, size_t rows, size_t columns, size_t ld, int32_t first, float *value, int32_t *position) {
  for (size_t row = 0; row < rows; row++) {
    const float *restrict line = x + row * ld;
    float best = vector_max(line, columns);
    if (!(best > value[row])) continue;
    // A second pass for the place keeps the first one free of branches.
    size_t at = 0;
    while (at + 1 < columns && line[at] != best) at++;
    value[row] = best;
    position[row] = first + (int32_t)at;
  }
}

MULTIVERSION
void ck_mean_rows(
  const float *restrict x, const int32_t *restrict offsets, const int32_t *restrict members,
  float *restrict out, size_t rows, size_t n) {
  for (size_t row = 0; row < rows; row++) {
    float *restrict target = out + row * n;
    int32_t begin = offsets[row], end = offsets[row + 1];
    ck_copy(x + (size_t)members[begin] * n, target, n * sizeof *target);
    if (end - begin == 1) continue;
    for (int32_t k = begin + 1; k < end; k++) {
      const float *restrict source = x + (size_t)members[k] * n;
      for (size_t i = 0; i < n; i++) target[i] += source[i];
    }
    float count = (float)(end - begin);
    for (size_t i = 0; i < n; i++) target[i] /= count;
  }
}

MULTIVERSION
void ck_gather_rows(
  const float *restrict x, const int32_t *restrict source, const float *restrict residual,
  float *restrict out, size_t rows, size_t n) {
  for (size_t row = 0; row < rows; row++) {
    const float *restrict from = x + (size_t)source[row] * n;
    float *restrict target = out + row * n;
    if (residual) {
      const float *restrict base = residual + row * n;
      for (size_t i = 0; i < n; i++) target[i] = from[i] + base[i];
    } else {
      ck_copy(from, target, n * sizeof *target);
    }
  }
}
