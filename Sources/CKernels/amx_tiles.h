// The tiles of Intel's AMX: what sets them up, and what works on them. A test defines AMX_MODEL and brings its own, in
// plain C.
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef struct {
  uint8_t palette, start_row, reserved[14];
  uint16_t row_bytes[16];
  uint8_t rows[16];
} amx_configuration;

#if defined(AMX_MODEL)
#include AMX_MODEL
#define HAS_AMX_TILES 1
#define AMX_CODE
#elif defined(__x86_64__) && defined(__linux__) && defined(__clang__)
#include <immintrin.h>
// Other systems than Linux have no processor with tiles, or say nothing of how to ask for them.
#define HAS_AMX_TILES 1
#define AMX_CODE __attribute__((target("arch=x86-64-v4,amx-tile,amx-bf16")))
#define LOAD_CONFIGURATION(c) _tile_loadconfig(c)
#define RELEASE() _tile_release()
#define ZERO(tile) _tile_zero(tile)
#define LOAD(tile, base, stride) _tile_loadd(tile, base, stride)
#define STORE(tile, base, stride) _tile_stored(tile, base, stride)
#define ADD_PRODUCTS(sum, a, b) _tile_dpbf16ps(sum, a, b)

void multiply_amx(
  size_t m, size_t n, size_t k, const uint16_t *a, size_t lda, const uint16_t *b, const float *start,
  size_t ld_start, float *out, size_t ld);
#endif
