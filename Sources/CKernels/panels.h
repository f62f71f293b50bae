// What the matrix products share: how their right operand is laid out, and loops over its tiles.
#pragma once
#include "multiversion.h"
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
  // Columns of a panel. The last panel of a matrix has half as many where that is enough.
  PANEL = 32,
  LANES = 16,
  // The most rows of a tile.
  MOST_ROWS = 14,
  // Of k at once: a tile's rows of `a` then stay in the first-level cache from panel to panel.
  CHUNK = 512,
  // Rows that are copied there lie this much further apart, so that they fall on different places of it.
  GAP = 32,
};

INLINE size_t panel_width(size_t columns) { return columns > LANES ? PANEL : LANES; }

typedef float lanes_f32 __attribute__((vector_size(64), aligned(4), may_alias));
typedef uint32_t lanes_u32 __attribute__((vector_size(64), aligned(4), may_alias));

#define UNROLLED _Pragma("clang loop unroll(full)")

// The instruction sets that products are compiled for beside the baseline. Tiles fill the registers:
// 14 rows of two 512-bit vectors with AVX-512, 6 rows of two 256-bit (or four 128-bit) ones without.
#if defined(__x86_64__) && defined(__clang__)
#define HAS_X86_SETS 1
#define AVX2_CODE __attribute__((target("arch=x86-64-v3")))
// Without the width the compiler would halve every vector: that is its preference for this target.
#define AVX512_CODE __attribute__((target("arch=x86-64-v4"), min_vector_width(512)))
#define AVX512_BF16_CODE __attribute__((target("arch=x86-64-v4,avx512bf16"), min_vector_width(512)))
#endif

// The same for arm64, whose baseline has NEON; tiles of 6 rows of four 128-bit vectors.
#if defined(__aarch64__) && defined(__clang__)
#define HAS_NEON_SETS 1
#define NEON_BF16_CODE __attribute__((target("bf16")))
#endif
