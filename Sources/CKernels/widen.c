// From half-precision numbers to fp32, and back (to bfloat16: pack.c).
#include "CKernels.h"
#include "multiversion.h"
#include <string.h>

INLINE float from_bits(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

// The exact value of a half. arm64 has an instruction for it, which makes a signalling not-a-number a quiet one.
INLINE float widened(uint16_t half) {
#if defined(__aarch64__)
  __fp16 value;
  memcpy(&value, &half, sizeof value);
  return value;
#else
  uint32_t sign = (uint32_t)(half & 0x8000u) << 16;
  uint32_t magnitude = (uint32_t)(half & 0x7fffu) << 13;
  // Moves the exponent bias from 15 to 127; exact, subnormals too.
  float scaled = from_bits(magnitude) * 0x1p112f;
  uint32_t bits;
  memcpy(&bits, &scaled, sizeof bits);
  uint32_t special = magnitude | 0x7f800000u;
  bits = (half & 0x7c00u) == 0x7c00u ? special : bits;
  return from_bits(bits | sign);
#endif
}

MULTIVERSION
void ck_widen_f16(const void *in, float *out, size_t count) {
  const unsigned char *source = in;
  for (size_t i = 0; i < count; i++) {
    uint16_t half;
    memcpy(&half, source + 2 * i, 2);
    out[i] = widened(half);
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

// The nearest half, ties to even; not-a-number stays that.
MULTIVERSION
void ck_narrow_f16(const float *in, uint16_t *out, size_t count) {
  for (size_t i = 0; i < count; i++) {
    uint32_t bits;
    memcpy(&bits, in + i, sizeof bits);
    uint32_t sign = bits >> 16 & 0x8000u, magnitude = bits & 0x7fffffffu;
    // Below 2^-14 halves are multiples of 2^-24: the last place of fp32 from 0.5 on, which a sum is rounded to.
    float shifted = from_bits(magnitude) + 0.5f;
    uint32_t subnormal;
    memcpy(&subnormal, &shifted, sizeof subnormal);
    subnormal -= 0x3f000000u;
    // The exponent's bias from 127 to 15; what is carried out of the fraction belongs into the exponent.
    uint32_t normal = (magnitude - 0x38000000u + 0xfffu + (magnitude >> 13 & 1u)) >> 13;
    normal = normal > 0x7c00u ? 0x7c00u : normal;
    uint32_t half = magnitude < 0x38800000u ? subnormal : normal;
    half = magnitude > 0x7f800000u ? 0x7e00u : half;
    out[i] = (uint16_t)(half | sign);
  }
}
