// Elementwise sums and GEMM accumulators.
#include "CKernels.h"
#include "multiversion.h"
#include <string.h>

MULTIVERSION
void ck_add(const float *a, const float *b, float *out, size_t count) {
  for (size_t i = 0; i < count; i++) out[i] = a[i] + b[i];
}

MULTIVERSION
void ck_subtract(const float *a, const float *b, float *out, size_t count) {
  for (size_t i = 0; i < count; i++) out[i] = a[i] - b[i];
}

MULTIVERSION
void ck_scale(const float *a, float factor, float *out, size_t count) {
  for (size_t i = 0; i < count; i++) out[i] = a[i] * factor;
}

MULTIVERSION
void ck_fill_rows(float *out, const float *bias, const float *residual, size_t rows, size_t n, size_t ld) {
  for (size_t row = 0; row < rows; row++) {
    float *target = out + row * ld;
    if (residual && bias) {
      const float *base = residual + row * ld;
      for (size_t i = 0; i < n; i++) target[i] = base[i] + bias[i];
    } else if (residual || bias) {
      memcpy(target, residual ? residual + row * ld : bias, n * sizeof *target);
    } else {
      memset(target, 0, n * sizeof *target);
    }
  }
}
