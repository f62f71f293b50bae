// Matrix products on every kernel set: every result is one chain of additions, so that its bits are known.
#include "checks.h"
#include <math.h>

// The loops over AMX's tiles, which every processor can run with these.
#define AMX_MODEL "../../Tests/CKernels/amx_model.h"
#define multiply_amx multiply_modelled
#include "../../Sources/CKernels/multiply_amx.c"

enum { MODEL = KERNEL_SETS };

static int fuses(ck_kernel_set set) { return set != CK_BASELINE || BASELINE_FUSES; }

static float multiply_add(ck_kernel_set set, float a, float b, float sum) {
  return fuses(set) ? fmaf(a, b, sum) : sum + a * b;
}

// a + b rounded to odd: where it is no number of fp32, the one of its two neighbours whose last bit is set.
static float odd_sum(float a, float b) {
  double sum = (double)a + b;
  float nearest = (float)sum;
  if (!isfinite(sum) || fabs(sum) >= 0x1p128) return nearest;
  // What that sum left out (Knuth 1969).
  double part = sum - a, rest = (a - (sum - part)) + (b - part);
  double beyond = sum != nearest ? sum - nearest : rest;
  if (beyond == 0) return nearest;
  uint32_t bits = bits_of(nearest);
  if ((beyond < 0) == !signbit(nearest)) bits--;
  return float_of(bits | 1);
}

// One more pair of bfloat16 numbers. Their products are exact in fp32.
static float add_pair(ck_kernel_set set, const float *a, const float *b, float sum) {
  if (set == CK_NEON_BF16) return odd_sum(sum, odd_sum(a[0] * b[0], a[1] * b[1]));
  return multiply_add(set, a[0], b[0], multiply_add(set, a[1], b[1], sum));
}

// A result of tiles: of as many products as one has the even and the odd ones by themselves, from zero; both are added,
// then that.
static float add_tiles(const float *a, const float *b, size_t k, float sum) {
  size_t depth = depth_of(k);
  for (size_t first = 0; first < k; first += depth) {
    float parts[2] = {0, 0};
    for (size_t p = first; p < k && p < first + depth; p++) parts[p % 2] = fmaf(a[p], b[p], parts[p % 2]);
    sum += parts[0] + parts[1];
  }
  return sum;
}

typedef struct {
  size_t m, n, k, lda, ld;
} size;

// What the product starts from.
typedef enum { ZEROS, ROWS, BIAS, RESULTS, STARTS } start_kind;
static const char *const start_names[STARTS] = {"zeros", "rows", "a bias", "its results"};

// In bfloat16 both operands are bfloat16 numbers, in a and b as fp32.
static void multiplies(ck_kernel_set set, int narrow, size s, float *a, float *b, start_kind kind) {
  size_t ld_start = kind == BIAS ? 0 : kind == RESULTS ? s.ld : s.n + 3, count = (s.m - 1) * s.ld + s.n;
  float *out = floats(count), *expected = floats(count), *start = NULL;
  if (kind == RESULTS) {
    for (size_t i = 0; i < s.m; i++)
      for (size_t j = 0; j < s.n; j++) out[i * s.ld + j] = uniform(-1, 1);
    start = out;
  } else if (kind != ZEROS) {
    start = random_floats(kind == BIAS ? s.n : (s.m - 1) * ld_start + s.n, -1, 1);
  }
  for (size_t i = 0; i < s.m; i++)
    for (size_t j = 0; j < s.n; j++) {
      float sum = start ? start[i * ld_start + j] : 0;
      const float *row = a + i * s.lda, *column = b + j * s.k;
      if (narrow && (set == CK_AMX_BF16 || set == MODEL)) sum = add_tiles(row, column, s.k, sum);
      else if (narrow)
        for (size_t p = 0; p < s.k; p += 2) sum = add_pair(set, row + p, column + p, sum);
      else
        for (size_t p = 0; p < s.k; p++) sum = multiply_add(set, row[p], column[p], sum);
      expected[i * s.ld + j] = sum;
    }
  // Panels as they are defined.
  float *packed = floats(narrow ? 0 : padded(s.n) * s.k);
  uint16_t *packed16 = halves(narrow ? padded(s.n) * s.k : 0);
  for (size_t first = 0; first < s.n; first += 32) {
    size_t width = s.n - first > 16 ? 32 : 16;
    for (size_t p = 0; p < s.k; p++)
      for (size_t c = 0; c < width; c++) {
        float value = first + c < s.n ? b[(first + c) * s.k + p] : 0;
        if (narrow) packed16[first * s.k + p / 2 * 2 * width + 2 * c + p % 2] = nearest_bf16(value);
        else packed[first * s.k + p * width + c] = value;
      }
  }
  testing(
    "%s %s, %zu x %zu x %zu, rows %zu apart, from %s", narrow ? "ck_multiply_bf16" : "ck_multiply",
    set == MODEL ? "AMX-MODEL" : kernel_set_names[set], s.m, s.n, s.k, s.lda, start_names[kind]);
  if (narrow) {
    size_t length = (s.m - 1) * s.lda + s.k;
    uint16_t *a16 = halves(length);
    for (size_t i = 0; i < length; i++) a16[i] = nearest_bf16(a[i]);
    if (set == MODEL) multiply_modelled(s.m, s.n, s.k, a16, s.lda, packed16, start, ld_start, out, s.ld);
    else ck_multiply_bf16(set, s.m, s.n, s.k, a16, s.lda, packed16, start, ld_start, out, s.ld);
  } else {
    ck_multiply(set, s.m, s.n, s.k, a, s.lda, packed, start, ld_start, out, s.ld);
  }
  expect_same(out, expected, count);
}

static void test_size(ck_kernel_set set, int narrow, size s) {
  for (start_kind kind = 0; kind < STARTS; kind++) {
    float *a = random_floats((s.m - 1) * s.lda + s.k, -1, 1), *b = random_floats(s.n * s.k, -1, 1);
    if (narrow) {
      for (size_t i = 0; i < (s.m - 1) * s.lda + s.k; i++) a[i] = of_bf16(nearest_bf16(a[i]));
      for (size_t i = 0; i < s.n * s.k; i++) b[i] = of_bf16(nearest_bf16(b[i]));
    }
    multiplies(set, narrow, s, a, b, kind);
    release();
  }
}

// Infinities and what is no number come through, and only to the results that they belong to.
static void test_specials(ck_kernel_set set, int narrow) {
  const float values[] = {INFINITY, -INFINITY, NAN, 0.0f, -0.0f, 0x1.fep127f};
  size s = {15, 37, 10, 13, 41};
  for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
    // Sums of other rows are exact.
    float *a = floats((s.m - 1) * s.lda + s.k), *b = floats(s.n * s.k);
    for (size_t j = 0; j < (s.m - 1) * s.lda + s.k; j++) a[j] = (float)(int)below(5) - 2;
    for (size_t j = 0; j < s.n * s.k; j++) b[j] = (float)(int)below(5) - 2;
    a[below(s.m) * s.lda + below(s.k)] = values[i];
    b[below(s.n * s.k)] = values[i];
    multiplies(set, narrow, s, a, b, ROWS);
    release();
  }
}

void test_products(void) {
  const size sizes[] = {
    {1, 1, 1, 1, 1},      {14, 32, 8, 8, 32},     {15, 33, 7, 9, 35},      {13, 17, 40, 40, 17},
    {29, 16, 513, 513, 19}, {6, 48, 1030, 1031, 48}, {23, 95, 31, 31, 101}, {3, 5, 17, 20, 5},
    {7, 64, 2, 2, 64},    {4, 40, 3, 3, 47},      {2, 31, 5, 5, 31},       {5, 20, 0, 1, 20},
    // Whole tiles of AMX, pairs of them, and every kind of rest.
    {32, 32, 64, 64, 32}, {49, 48, 546, 546, 50}, {16, 16, 34, 36, 16}, {79, 70, 96, 96, 70},
    {33, 33, 40, 40, 33}, {17, 64, 78, 78, 64}, {18, 18, 1042, 1042, 18},
    // Rows a multiple of 4 KiB apart.
    {15, 80, 600, 1024, 80}, {9, 65, 20, 2048, 65}, {15, 40, 600, 1024, 40}, {9, 33, 20, 2048, 33},
  };
  for (ck_kernel_set set = 0; set <= MODEL; set++) {
    if (set != MODEL && !ck_has_kernel_set(set)) continue;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
      size s = sizes[i];
      if (set != MODEL) test_size(set, 0, s);
      s.k += s.k % 2;
      s.lda = s.lda < s.k ? s.k : s.lda;
      test_size(set, 1, s);
    }
    if (set != MODEL) test_specials(set, 0);
    test_specials(set, 1);
  }
}
