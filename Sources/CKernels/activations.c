// Activation functions.
#include "CKernels.h"
#include "vector_math.h"

MULTIVERSION
void ck_relu(float *x, size_t count) {
  for (size_t i = 0; i < count; i++) x[i] = x[i] > 0.0f ? x[i] : 0.0f;
}

MULTIVERSION
void ck_silu(float *x, size_t count) {
  for (size_t i = 0; i < count; i++) x[i] = x[i] / (1.0f + vector_exp(-x[i]));
}

INLINE float exact_gelu(float x) {
  return 0.5f * x * (1.0f + vector_erf(x * 0.70710678f));
}

MULTIVERSION
void ck_gelu(float *x, size_t count) {
  for (size_t i = 0; i < count; i++) x[i] = exact_gelu(x[i]);
}

MULTIVERSION
void ck_quick_gelu(float *x, size_t count) {
  for (size_t i = 0; i < count; i++) x[i] = x[i] / (1.0f + vector_exp(-1.702f * x[i]));
}

MULTIVERSION
void ck_geglu(
  const float *value, const float *gate, size_t ld, float *out, size_t ld_out, size_t rows, size_t n) {
  for (size_t row = 0; row < rows; row++) {
    const float *restrict values = value + row * ld;
    const float *restrict gates = gate + row * ld;
    float *restrict target = out + row * ld_out;
    for (size_t i = 0; i < n; i++) target[i] = values[i] * exact_gelu(gates[i]);
  }
}
