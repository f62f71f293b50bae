#include "checks.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static char subject[200];
static size_t made, failed;

void testing(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(subject, sizeof subject, format, arguments);
  va_end(arguments);
}

void count_checks(size_t *all, size_t *wrong) { *all = made, *wrong = failed; }

// Of the differences of one comparison the first few are printed.
static int starts_line(size_t different) { return different <= 4 && printf("%s: ", subject) > 0; }

static void finish(size_t different, size_t count) {
  made++;
  if (different == 0) return;
  failed++;
  printf("%s: %zu of %zu differ\n", subject, different, count);
}

typedef struct {
  unsigned char *start, *data;
  size_t length;
} mapping;

static mapping mappings[256];
static size_t mapping_count;

void *guarded(size_t bytes) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE), usable = (bytes / page + 1) * page;
  unsigned char *start = mmap(NULL, usable + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
  if (start == MAP_FAILED || mapping_count == sizeof mappings / sizeof *mappings
      || mprotect(start + usable, page, PROT_NONE) != 0) {
    perror("no memory for the tests");
    exit(2);
  }
  memset(start, 0xff, usable);
  mappings[mapping_count++] = (mapping){start, start + usable - bytes, usable + page};
  return start + usable - bytes;
}

void release(void) {
  size_t written = 0;
  for (size_t i = 0; i < mapping_count; i++) {
    for (unsigned char *at = mappings[i].start; at < mappings[i].data; at++)
      if (*at != 0xff && ++written <= 4) printf("%s: wrote %td bytes before a start\n", subject, mappings[i].data - at);
    munmap(mappings[i].start, mappings[i].length);
  }
  mapping_count = 0;
  finish(written, written);
}

float *floats(size_t count) { return guarded(count * sizeof(float)); }
double *doubles(size_t count) { return guarded(count * sizeof(double)); }
uint16_t *halves(size_t count) { return guarded(count * sizeof(uint16_t)); }
int32_t *integers(size_t count) { return guarded(count * sizeof(int32_t)); }

float *copied(const float *x, size_t count) {
  float *copy = floats(count);
  memcpy(copy, x, count * sizeof *x);
  return copy;
}

// Xorshift (Marsaglia 2003).
uint32_t random_bits(void) {
  static uint64_t state = 0x9e3779b97f4a7c15u;
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (uint32_t)(state >> 32);
}

float uniform(float low, float high) { return low + (high - low) * (float)(random_bits() >> 8) * 0x1p-24f; }
size_t below(size_t bound) { return random_bits() % bound; }

float *random_floats(size_t count, float low, float high) {
  float *x = floats(count);
  for (size_t i = 0; i < count; i++) x[i] = uniform(low, high);
  return x;
}

const float specials[] = {
  0.0f, -0.0f, INFINITY, -INFINITY, NAN, 0x1p-149f, -0x1p-149f, 0x1.8p-130f, 0x1p-126f, 0x1.fffffep127f,
  -0x1.fffffep127f, 1.0f,
};
const size_t special_count = sizeof specials / sizeof *specials;

float *special_floats(size_t count) {
  float *x = random_floats(count, -3, 3);
  for (size_t i = 0; i < count; i += 1 + below(4)) x[i] = specials[below(special_count)];
  return x;
}

float float_of(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

uint32_t bits_of(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

float of_bf16(uint16_t bits) { return float_of((uint32_t)bits << 16); }

uint16_t nearest_bf16(float x) {
  uint32_t bits = bits_of(x), low = bits & 0x7fff0000u, high = low + 0x10000u;
  uint16_t sign = (uint16_t)(bits >> 16 & 0x8000u);
  if (isnan(x)) return (uint16_t)(bits >> 16 | 0x40u);
  if (isinf(x)) return (uint16_t)(bits >> 16);
  // Beyond the largest number the next would be 2^128.
  double under = float_of(low), over = high == 0x7f800000u ? 0x1p128 : (double)float_of(high), value = fabs((double)x);
  int up = over - value < value - under || (over - value == value - under && (low >> 16 & 1u));
  return (uint16_t)((up ? high : low) >> 16 | sign);
}

size_t padded(size_t columns) { return (columns + 15) / 16 * 16; }

void expect_same(const float *actual, const float *expected, size_t count) {
  size_t different = 0;
  for (size_t i = 0; i < count; i++) {
    if (bits_of(actual[i]) == bits_of(expected[i]) || (isnan(actual[i]) && isnan(expected[i]))) continue;
    if (starts_line(++different))
      printf("[%zu] is %a (%g), not %a (%g)\n", i, (double)actual[i], (double)actual[i], (double)expected[i], (double)expected[i]);
  }
  finish(different, count);
}

void expect_same_doubles(const double *actual, const double *expected, size_t count) {
  size_t different = 0;
  for (size_t i = 0; i < count; i++) {
    if (memcmp(actual + i, expected + i, sizeof *actual) == 0 || (isnan(actual[i]) && isnan(expected[i]))) continue;
    if (starts_line(++different)) printf("[%zu] is %a, not %a\n", i, actual[i], expected[i]);
  }
  finish(different, count);
}

void expect_same_halves(const uint16_t *actual, const uint16_t *expected, size_t count) {
  size_t different = 0;
  for (size_t i = 0; i < count; i++) {
    if (actual[i] == expected[i]) continue;
    if (starts_line(++different)) printf("[%zu] is 0x%04x, not 0x%04x\n", i, actual[i], expected[i]);
  }
  finish(different, count);
}

void expect_same_integers(const int32_t *actual, const int32_t *expected, size_t count) {
  size_t different = 0;
  for (size_t i = 0; i < count; i++) {
    if (actual[i] == expected[i]) continue;
    if (starts_line(++different)) printf("[%zu] is %d, not %d\n", i, (int)actual[i], (int)expected[i]);
  }
  finish(different, count);
}

void expect_close(const float *actual, const double *expected, const double *allowed, size_t count) {
  size_t different = 0;
  for (size_t i = 0; i < count; i++) {
    double x = actual[i], y = expected[i];
    if (isfinite(y) ? fabs(x - y) <= allowed[i] : x == y || (isnan(x) && isnan(y))) continue;
    if (starts_line(++different)) printf("[%zu] is %.9g, not %.9g ± %.2g\n", i, x, y, allowed[i]);
  }
  finish(different, count);
}
