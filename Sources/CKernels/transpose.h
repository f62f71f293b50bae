// Eight vectors of eight floats as rows of a matrix, and its transpose; taps of a 3×3 convolution.
#pragma once
#include "multiversion.h"
#include <stddef.h>
#include <string.h>

typedef float lanes8 __attribute__((vector_size(32), aligned(4), may_alias));

INLINE void transpose8(lanes8 *x) {
  lanes8 pairs[8], quads[8];
  for (int i = 0; i < 8; i += 2) {
    pairs[i] = __builtin_shufflevector(x[i], x[i + 1], 0, 8, 1, 9, 4, 12, 5, 13);
    pairs[i + 1] = __builtin_shufflevector(x[i], x[i + 1], 2, 10, 3, 11, 6, 14, 7, 15);
  }
  for (int i = 0; i < 8; i += 4)
    for (int j = 0; j < 2; j++) {
      quads[i + 2 * j] = __builtin_shufflevector(pairs[i + j], pairs[i + j + 2], 0, 1, 8, 9, 4, 5, 12, 13);
      quads[i + 2 * j + 1] = __builtin_shufflevector(pairs[i + j], pairs[i + j + 2], 2, 3, 10, 11, 6, 7, 14, 15);
    }
  for (int i = 0; i < 4; i++) {
    x[i] = __builtin_shufflevector(quads[i], quads[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
    x[i + 4] = __builtin_shufflevector(quads[i], quads[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
  }
}

// The taps of eight channels of up to eight outputs: value `9 * channel + tap` of all outputs side by side.
INLINE void transposed_taps(const float *rows, size_t ld, size_t outputs, size_t channels, lanes8 *taps) {
  float staged[8][72];
  if (outputs < 8 || channels < 8) {
    memset(staged, 0, sizeof staged);
    for (size_t r = 0; r < outputs && r < 8; r++)
      memcpy(staged[r], rows + r * ld, 9 * (channels < 8 ? channels : 8) * sizeof(float));
    rows = staged[0];
    ld = 72;
  }
  for (size_t t = 0; t < 9; t++) {
    for (size_t r = 0; r < 8; r++) {
      taps[8 * t + r] = *(const lanes8 *)(rows + r * ld + 8 * t);
      // The next eight channels: of so many rows the processor does not find them out by itself.
      __builtin_prefetch(rows + r * ld + 8 * t + 72);
    }
    transpose8(taps + 8 * t);
  }
}
