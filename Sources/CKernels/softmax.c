// Online softmax over tiles of attention scores.
#include "CKernels.h"
#include "vector_math.h"

MULTIVERSION
void ck_online_softmax(
  float *scores, size_t rows, size_t columns, size_t ld, float scale, ptrdiff_t visible, float *maximum,
  float *sum, float *out, size_t n, size_t ld_out) {
#pragma clang fp reassociate(on) contract(fast)
  for (size_t row = 0; row < rows; row++) {
    float *restrict line = scores + row * ld;
    ptrdiff_t limit = visible + (ptrdiff_t)row;
    size_t seen = limit < 0 ? 0 : (size_t)limit < columns ? (size_t)limit : columns;
    for (size_t i = seen; i < columns; i++) line[i] = 0;
    if (seen == 0) continue;
    float peak = vector_max(line, seen) * scale;
    float before = maximum[row];
    float after = peak > before ? peak : before;
    float total = 0;
    for (size_t i = 0; i < seen; i++) {
      float e = vector_exp(line[i] * scale - after);
      line[i] = e;
      total += e;
    }
    if (after != before) {
      float correction = before < -1e37f ? 0.0f : vector_exp(before - after);
      sum[row] *= correction;
      float *restrict target = out + row * ld_out;
      for (size_t i = 0; i < n; i++) target[i] *= correction;
      maximum[row] = after;
    }
    sum[row] += total;
  }
}

MULTIVERSION
void ck_divide_rows(float *x, const float *divisor, size_t rows, size_t n, size_t ld) {
  for (size_t row = 0; row < rows; row++) {
    float factor = 1.0f / divisor[row];
    float *restrict target = x + row * ld;
    for (size_t i = 0; i < n; i++) target[i] *= factor;
  }
}
