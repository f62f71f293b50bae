// What is computed number by number.
#include "checks.h"
#include <math.h>
#include <string.h>

// What the kernels' exponential, of a relative error below 2e-7, and three roundings may be off by.
static const double relative = 6e-7;

// Beyond these limits the kernels' exponential stays what it is there.
static double limited_exp(double x) { return exp(x < -87 ? -87 : x > 88 ? 88 : x); }

static double relu(double x) { return x > 0 ? x : 0; }
static double silu(double x) { return x / (1 + limited_exp(-x)); }
static double quick_gelu(double x) { return x / (1 + limited_exp(-1.702 * x)); }
// 1 + erf, without what is lost to the 1.
static double gelu(double x) { return 0.5 * x * erfc(-x * 0.70710678118654752); }

static double no_error(double x) {
  (void)x;
  return 0;
}
// The rounding of the exponential's argument, of which every place counts that often, comes on top.
static double silu_error(double x) { return fabs(silu(x)) * relative; }
static double quick_gelu_error(double x) {
  return fabs(quick_gelu(x)) * (relative + 2 * 0x1p-24 * fmin(fabs(1.702 * x), 88));
}
// Of erf 2e-7, and the roundings of its sum and argument.
static double gelu_error(double x) { return fabs(x) * 3e-7; }

typedef struct {
  const char *name;
  void (*kernel)(float *, size_t);
  double (*value)(double), (*error)(double);
} activation;

static void activates(const activation *f, float *x, size_t count) {
  double *expected = doubles(count), *allowed = doubles(count);
  for (size_t i = 0; i < count; i++) {
    expected[i] = f->value((double)x[i]);
    // Below the smallest normal number places are lost.
    allowed[i] = f->error((double)x[i]) + (f->error == no_error ? 0 : 0x1p-126);
  }
  testing("%s, %zu numbers", f->name, count);
  f->kernel(x, count);
  expect_close(x, expected, allowed, count);
}

static void test_activation(const activation *f) {
  const float inputs[] = {0.0f, -0.0f, INFINITY, NAN, 0x1p-149f, -0x1p-149f, 0x1p-126f, 1.0f, -1.0f, 100.0f, -100.0f};
  for (size_t count = 0; count < 70; count++) activates(f, random_floats(count, -5, 5), count), release();
  activates(f, random_floats(10007, -100, 100), 10007);
  activates(f, random_floats(10007, -0.01f, 0.01f), 10007);
  float *x = floats(3 * sizeof inputs / sizeof *inputs + 1);
  for (size_t i = 0; i < 3 * sizeof inputs / sizeof *inputs + 1; i++) x[i] = inputs[i % (sizeof inputs / sizeof *inputs)];
  activates(f, x, 3 * sizeof inputs / sizeof *inputs + 1);
  release();
}

static void gates(size_t rows, size_t n, size_t ld, size_t ld_out) {
  size_t length = (rows - 1) * ld + n, count = (rows - 1) * ld_out + n;
  float *value = random_floats(length, -3, 3), *gate = random_floats(length, -5, 5), *out = floats(count);
  double *expected = doubles(count), *allowed = doubles(count);
  for (size_t r = 0; r < rows; r++)
    for (size_t i = 0; i < n; i++) {
      double x = (double)gate[r * ld + i], y = (double)value[r * ld + i];
      expected[r * ld_out + i] = y * gelu(x);
      allowed[r * ld_out + i] = fabs(y) * (gelu_error(x) + fabs(gelu(x)) * 0x1p-24);
    }
  testing("ck_geglu, %zu x %zu, rows %zu and %zu apart", rows, n, ld, ld_out);
  ck_geglu(value, gate, ld, out, ld_out, rows, n);
  expect_close(out, expected, allowed, count);
  release();
}

typedef struct {
  const char *name;
  void (*kernel)(const float *, const float *, float *, size_t);
  float sign;
} sum;

static void sums(const sum *s, size_t count) {
  float *a = special_floats(count), *b = special_floats(count), *out = floats(count), *expected = floats(count);
  for (size_t i = 0; i < count; i++) expected[i] = s->sign > 0 ? a[i] + b[i] : a[i] - b[i];
  testing("%s, %zu numbers", s->name, count);
  s->kernel(a, b, out, count);
  expect_same(out, expected, count);
  testing("%s, %zu numbers in place", s->name, count);
  s->kernel(a, b, a, count);
  expect_same(a, expected, count);
}

static void scales(size_t count) {
  float *a = special_floats(count), *out = floats(count), *expected = floats(count), factor = uniform(-2, 2);
  for (size_t i = 0; i < count; i++) expected[i] = a[i] * factor;
  testing("ck_scale, %zu numbers", count);
  ck_scale(a, factor, out, count);
  expect_same(out, expected, count);
  testing("ck_scale, %zu numbers in place", count);
  ck_scale(a, factor, a, count);
  expect_same(a, expected, count);
}

static void adds_to_rows(size_t rows, size_t n, size_t ld, int with_row) {
  size_t count = (rows - 1) * ld + n;
  float *in = special_floats(count), *added = with_row ? special_floats(n) : NULL;
  float *out = floats(count), *expected = floats(count);
  for (size_t r = 0; r < rows; r++)
    for (size_t i = 0; i < n; i++) expected[r * ld + i] = added ? in[r * ld + i] + added[i] : in[r * ld + i];
  testing("ck_add_to_rows, %zu x %zu, rows %zu apart%s", rows, n, ld, with_row ? "" : ", nothing");
  ck_add_to_rows(in, added, out, rows, n, ld);
  expect_same(out, expected, count);
  release();
}

void test_elementwise(void) {
  const activation activations[] = {
    {"ck_relu", ck_relu, relu, no_error},
    {"ck_silu", ck_silu, silu, silu_error},
    {"ck_gelu", ck_gelu, gelu, gelu_error},
    {"ck_quick_gelu", ck_quick_gelu, quick_gelu, quick_gelu_error},
  };
  for (size_t i = 0; i < sizeof activations / sizeof *activations; i++) test_activation(activations + i);
  const sum both[] = {{"ck_add", ck_add, 1}, {"ck_subtract", ck_subtract, -1}};
  for (size_t n = 1; n < 70; n++) {
    gates(n % 4 + 1, n, n + n % 3, n + n % 5);
    sums(both, n), sums(both + 1, n), scales(n), release();
    adds_to_rows(n % 4 + 1, n, n + n % 3, 0), adds_to_rows(n % 4 + 1, n, n + n % 3, 1);
  }
  sums(both, 0), sums(both + 1, 0), scales(0), release();
}
