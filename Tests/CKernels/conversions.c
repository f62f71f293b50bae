// From half precision and back.
#include "checks.h"
#include <math.h>
#include <string.h>

enum { ALL = 65536 };

// By the definition of IEEE 754, section 3.4.
static float half_value(uint16_t half) {
  int exponent = half >> 10 & 31, fraction = half & 1023;
  double value = exponent == 31 ? (fraction ? NAN : INFINITY)
    : exponent == 0             ? ldexp(fraction, -24)
                                : ldexp(1024 + fraction, exponent - 25);
  return (float)copysign(value, half & 0x8000 ? -1 : 1);
}

// Of any not-a-number 0x7e00 with its sign.
static uint16_t nearest_half(float x) {
  uint16_t sign = signbit(x) ? 0x8000 : 0;
  double value = fabs((double)x);
  if (isnan(x)) return 0x7e00 | sign;
  // Half way to what would be the next number, the even one of the two is infinity.
  if (value >= 65520) return 0x7c00 | sign;
  int exponent = value < 0x1p-14 ? -14 : ilogb(value);
  // A multiple of the last place; 2048 of them are the first number with the next exponent.
  uint16_t places = (uint16_t)nearbyint(ldexp(value, 10 - exponent));
  return (uint16_t)(places + ((exponent + 14) << 10)) | sign;
}

// Half precision lies in files at any address.
static uint16_t *at_odd_address(const uint16_t *from, size_t count) {
  char *bytes = guarded(2 * count + 1);
  memcpy(bytes, from, 2 * count);
  return (uint16_t *)(void *)bytes;
}

static void widens(
  const char *name, void (*widen)(const void *, float *, size_t), float (*value)(uint16_t), size_t first,
  size_t count) {
  uint16_t *in = halves(count);
  float *expected = floats(count);
  for (size_t i = 0; i < count; i++) in[i] = (uint16_t)(first + i), expected[i] = value(in[i]);
  for (int odd = 0; odd < 2; odd++) {
    float *out = floats(count);
    testing("%s, %zu numbers from 0x%04zx%s", name, count, first, odd ? ", at an odd address" : "");
    widen(odd ? at_odd_address(in, count) : in, out, count);
    expect_same(out, expected, count);
  }
  release();
}

static void narrows(const float *in, size_t count) {
  uint16_t *expected = halves(count), *out = halves(count);
  for (size_t i = 0; i < count; i++) expected[i] = nearest_half(in[i]);
  testing("ck_narrow_f16, %zu numbers", count);
  ck_narrow_f16(in, out, count);
  expect_same_halves(out, expected, count);
}

void test_conversions(void) {
  widens("ck_widen_f16", ck_widen_f16, half_value, 0, ALL);
  widens("ck_widen_bf16", ck_widen_bf16, of_bf16, 0, ALL);
  for (size_t count = 0; count < 40; count++) {
    widens("ck_widen_f16", ck_widen_f16, half_value, 0x7be0, count);
    widens("ck_widen_bf16", ck_widen_bf16, of_bf16, 0x7f70, count);
  }

  // Every half, what lies in the middle of two, and their neighbours.
  float *in = floats(ALL * 6);
  for (size_t i = 0; i < ALL; i++) {
    float x = half_value((uint16_t)i), next = half_value((uint16_t)(i + 1)), middle = x / 2 + next / 2;
    float around[6] = {
      x, nextafterf(x, 0), nextafterf(x, next), middle, nextafterf(middle, x), nextafterf(middle, next),
    };
    memcpy(in + 6 * i, around, sizeof around);
  }
  narrows(in, ALL * 6);
  in = floats(20001);
  for (size_t i = 0; i < 20001; i++) in[i] = float_of(random_bits());
  narrows(in, 20001);
  for (size_t count = 0; count < 40; count++) narrows(special_floats(count), count);
  release();
}
