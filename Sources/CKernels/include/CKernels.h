// SIMD kernels: plain C without allocation, threads or globals. Where the
// toolchain can, each is compiled for several instruction sets and the best one
// is chosen when the program is loaded.
#pragma once
#include <stddef.h>
#include <stdint.h>

// out[i] = the IEEE half or bfloat16 at in[i], widened.
void ck_widen_f16(const void *in, float *out, size_t count);
void ck_widen_bf16(const void *in, float *out, size_t count);
