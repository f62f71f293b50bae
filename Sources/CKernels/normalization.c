// Normalisation over channels, groups and rows.
#include "CKernels.h"
#include "multiversion.h"
#include "vector_math.h"

MULTIVERSION
void ck_channel_moments(
  const float *restrict x, size_t rows, size_t channels, size_t ld, double *restrict sum, double *restrict squares) {
  for (size_t row = 0; row < rows; row++) {
    const float *restrict source = x + row * ld;
    for (size_t c = 0; c < channels; c++) {
      double value = source[c];
      sum[c] += value;
      squares[c] += value * value;
    }
  }
}

MULTIVERSION
void ck_affine_rows(
  const float *restrict x, const float *restrict scale, const float *restrict shift, float *restrict out,
  size_t rows, size_t channels, int silu) {
  for (size_t row = 0; row < rows; row++) {
    const float *restrict source = x + row * channels;
    float *restrict target = out + row * channels;
    if (silu) {
      for (size_t c = 0; c < channels; c++) {
        float y = source[c] * scale[c] + shift[c];
        target[c] = y / (1.0f + vector_exp(-y));
      }
    } else {
      for (size_t c = 0; c < channels; c++) target[c] = source[c] * scale[c] + shift[c];
    }
  }
}

MULTIVERSION
void ck_layer_norm(
  const float *restrict x, const float *restrict gamma, const float *restrict beta, float epsilon,
  float *restrict out, size_t rows, size_t n) {
#pragma clang fp reassociate(on) contract(fast)
  for (size_t row = 0; row < rows; row++) {
    const float *restrict source = x + row * n;
    float *restrict target = out + row * n;
    float sum = 0;
    for (size_t i = 0; i < n; i++) sum += source[i];
    float mean = sum / (float)n;
    float squares = 0;
    for (size_t i = 0; i < n; i++) {
      float d = source[i] - mean;
      squares += d * d;
    }
    float scale = 1.0f / sqrtf(squares / (float)n + epsilon);
    for (size_t i = 0; i < n; i++) target[i] = (source[i] - mean) * scale * gamma[i] + beta[i];
  }
}

MULTIVERSION
void ck_normalize_rows(
  const float *restrict x, const int32_t *restrict position, float *restrict out, size_t rows, size_t n) {
#pragma clang fp reassociate(on) contract(fast)
  for (size_t row = 0; row < rows; row++) {
    const float *restrict source = x + (position ? (size_t)position[row] : row) * n;
    float *restrict target = out + row * n;
    float squares = 0;
    for (size_t i = 0; i < n; i++) squares += source[i] * source[i];
    float length = sqrtf(squares);
    for (size_t i = 0; i < n; i++) target[i] = source[i] / length;
  }
}
