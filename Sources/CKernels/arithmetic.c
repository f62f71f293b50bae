// Elementwise sums.
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
void ck_add_to_rows(const float *in, const float *added, float *out, size_t rows, size_t n, size_t ld) {
  for (size_t row = 0; row < rows; row++) {
    const float *source = in + row * ld;
    float *target = out + row * ld;
    if (added) {
      for (size_t i = 0; i < n; i++) target[i] = source[i] + added[i];
    } else {
      ck_copy(source, target, n * sizeof *target);
    }
  }
}
