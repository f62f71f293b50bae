// Branch-free exp and erf that the compiler vectorises with their caller.
#pragma once
#include "multiversion.h"
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// e^x, relative error below 2e-7 for x in [-87, 88]; clamped outside.
// Cody-Waite reduction by ln 2 and a degree-6 polynomial fitted at Chebyshev nodes.
INLINE float vector_exp(float x) {
  x = x < -87.0f ? -87.0f : x;
  x = x > 88.0f ? 88.0f : x;
  const float shifter = 12582912.0f; // 1.5 * 2^23 rounds to the nearest integer
  float biased = x * 1.44269504f + shifter;
  float n = biased - shifter;
  float r = x - n * 0.693359375f;
  r = r + n * 2.12194440e-4f;
  float p = 0.0013948581f;
  p = p * r + 0.008375129f;
  p = p * r + 0.041666217f;
  p = p * r + 0.16666415f;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  // n stands in the lowest bits of what was shifted, NaN or not: a conversion to an integer is undefined for NaN.
  uint32_t bits;
  memcpy(&bits, &biased, sizeof bits);
  bits = (bits + 127) << 23;
  float scale;
  memcpy(&scale, &bits, sizeof scale);
  return p * scale;
}

// erf(x), absolute error below 2e-7: an odd polynomial for |x| < 1, beyond it
// 1 - e^q(|x|) with q fitted to log erfc on [1, 4].
INLINE float vector_erf(float x) {
  float a = fabsf(x);
  float s = a * a;
  float small = 7.8824974e-05f;
  small = small * s - 0.0008018855f;
  small = small * s + 0.005189312f;
  small = small * s - 0.026854329f;
  small = small * s + 0.11283597f;
  small = small * s - 0.37612626f;
  small = small * s + 1.1283791f;
  small = small * a;
  float t = a > 4.0f ? 4.0f : a;
  float q = 1.614687e-06f;
  q = q * t - 4.560359e-05f;
  q = q * t + 0.0005928845f;
  q = q * t - 0.004740791f;
  q = q * t + 0.02636643f;
  q = q * t - 0.109981455f;
  q = q * t - 0.63193345f;
  q = q * t - 1.1301689f;
  q = q * t + 0.0003038224f;
  float large = 1.0f - vector_exp(q);
  float magnitude = a < 1.0f ? small : large;
  return x < 0.0f ? -magnitude : magnitude;
}

// The largest of `count` > 0 values. Sixteen lanes by hand: without licence to
// ignore NaN the compiler keeps a plain maximum loop scalar.
INLINE float vector_max(const float *x, size_t count) {
  float lanes[16];
  for (int k = 0; k < 16; k++) lanes[k] = x[0];
  size_t i = 0;
  for (; i + 16 <= count; i += 16)
    for (int k = 0; k < 16; k++) lanes[k] = x[i + k] > lanes[k] ? x[i + k] : lanes[k];
  for (; i < count; i++) lanes[0] = x[i] > lanes[0] ? x[i] : lanes[0];
  float best = lanes[0];
  for (int k = 1; k < 16; k++) best = lanes[k] > best ? lanes[k] : best;
  return best;
}
