// What the tests of the kernels share: memory with guarded ends, numbers, and comparisons.
#pragma once
#include "CKernels.h"
#include <stddef.h>
#include <stdint.h>

// The groups of tests.
void test_conversions(void);
void test_panels(void);
void test_products(void);
void test_winograd(void);
void test_attention(void);
void test_elementwise(void);
void test_normalization(void);
void test_rows(void);
void test_sha256(void);

enum { KERNEL_SETS = CK_NEON_BF16 + 1 };
extern const char *const kernel_set_names[KERNEL_SETS];

// Whether the file that includes this is compiled with fused multiply-add, as the baseline's kernels then are.
#if defined(__FMA__) || defined(__aarch64__)
enum { BASELINE_FUSES = 1 };
#else
enum { BASELINE_FUSES = 0 };
#endif

// Memory that ends where a page begins that nobody may touch; every bit is set, so that numbers are none until they
// are written. It starts wherever that leads to.
void *guarded(size_t bytes);
float *floats(size_t count);
double *doubles(size_t count);
uint16_t *halves(size_t count);
int32_t *integers(size_t count);
float *copied(const float *x, size_t count);
// Gives all of it back, having looked whether something was written before a start.
void release(void);

// The same numbers every time.
uint32_t random_bits(void);
float uniform(float low, float high);
size_t below(size_t bound);
float *random_floats(size_t count, float low, float high);
// Of which every few are infinite, none, subnormal, the largest, or a zero of either sign.
float *special_floats(size_t count);
// The numbers of `special_floats`.
extern const float specials[];
extern const size_t special_count;

float float_of(uint32_t bits);
uint32_t bits_of(float x);
float of_bf16(uint16_t bits);
// The nearest bfloat16, ties to even; not-a-number keeps its sign and highest bits, and is quiet.
uint16_t nearest_bf16(float x);

// Numbers of a panel's row for `columns` columns.
size_t padded(size_t columns);

// Says what is tested: the kernel, and with what.
void testing(const char *format, ...) __attribute__((format(printf, 1, 2)));
// The same bits; what is not a number has many.
void expect_same(const float *actual, const float *expected, size_t count);
void expect_same_doubles(const double *actual, const double *expected, size_t count);
void expect_same_halves(const uint16_t *actual, const uint16_t *expected, size_t count);
void expect_same_integers(const int32_t *actual, const int32_t *expected, size_t count);
// At most allowed[i] apart; what is not finite is the same.
void expect_close(const float *actual, const double *expected, const double *allowed, size_t count);
// How many comparisons there were, and how many of them failed.
void count_checks(size_t *made, size_t *failed);
