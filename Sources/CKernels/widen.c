// Widening of half-precision numbers.
#include "CKernels.h"
#include "multiversion.h"
#include <string.h>

INLINE float from_bits(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

MULTIVERSION
void ck_widen_f16(const void *in, float *out, size_t count) {
  const unsigned char *source = in;
  for (size_t i = 0; i < count; i++) {
    uint16_t half;
    memcpy(&half, source + 2 * i, 2);
    uint32_t sign = (uint32_t)(half & 0x8000u) << 16;
    uint32_t magnitude = (uint32_t)(half & 0x7fffu) << 13;
    // Moves the exponent bias from 15 to 127; exact, subnormals too.
    float scaled = from_bits(magnitude) * 0x1p112f;
    uint32_t bits;
    memcpy(&bits, &scaled, sizeof bits);
    uint32_t special = magnitude | 0x7f800000u;
    bits = (half & 0x7c00u) == 0x7c00u ? special : bits;
    out[i] = from_bits(bits | sign);
  }
}

MULTIVERSION
void ck_widen_bf16(const void *in, float *out, size_t count) {
  const unsigned char *source = in;
  for (size_t i = 0; i < count; i++) {
    uint16_t half;
    memcpy(&half, source + 2 * i, 2);
    out[i] = from_bits((uint32_t)half << 16);
  }
}
