// Lays out the right operand of a matrix product in panels (see panels.h), and narrows fp32 to bfloat16.
#include "CKernels.h"
#include "panels.h"
#include "transpose.h"

typedef uint32_t bits8 __attribute__((vector_size(32), aligned(4)));

// The nearest bfloat16, ties to even, in the lower half of every lane; not-a-number stays that.
#define NARROWED(bits) \
  ((((bits) & 0x7fffffffu) > 0x7f800000u) ? ((bits) >> 16 | 0x40u) \
                                          : (((bits) + 0x7fffu + ((bits) >> 16 & 1u)) >> 16))

INLINE uint16_t narrowed(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return (uint16_t)NARROWED(bits);
}

// Through a pointer: vectors wider than the baseline's registers cannot be passed by value.
INLINE void narrow8(lanes8 *x) {
  bits8 bits = (bits8)*x;
  bits8 isNaN = (bits8)((bits & 0x7fffffffu) > 0x7f800000u);
  *x = (lanes8)((isNaN & (bits >> 16 | 0x40u)) | (~isNaN & ((bits + 0x7fffu + (bits >> 16 & 1u)) >> 16)));
}

MULTIVERSION
void ck_narrow_bf16(const float *in, size_t rows, size_t n, size_t ld, uint16_t *out, size_t ld_out) {
  for (size_t row = 0; row < rows; row++) {
    const float *restrict source = in + row * ld;
    uint16_t *restrict target = out + row * ld_out;
    for (size_t i = 0; i < n; i++) target[i] = narrowed(source[i]);
    for (size_t i = n; i < ld_out; i++) target[i] = 0;
  }
}

// Eight rows at a time, and so far along them that a panel's part stays in a cache until its other rows are written:
// of more rows at once the processor does not find out what it should fetch ahead, nor enough of eight.
enum { ALONG = 512, ROWS_AHEAD = 64 };

// Of two rows of k the nearest bfloat16 numbers, side by side, in place of the first.
INLINE void join8(lanes8 *row, lanes8 *next) {
  narrow8(row);
  narrow8(next);
  *row = (lanes8)((bits8)*row | (bits8)*next << 16);
}

// A number of a panel, of row `p` of k.
INLINE void put(const int narrow, float value, void *panel, size_t width, size_t p, size_t column) {
  if (narrow) ((uint16_t *)panel)[(p - p % 2) * width + 2 * column + p % 2] = narrowed(value);
  else ((float *)panel)[p * width + column] = value;
}

INLINE void pack_rows(const int narrow, const float *rows, size_t ld, size_t n, size_t k, void *out) {
  // Numbers of k in a vector's lane, and of a row at once.
  const size_t each = narrow ? 2 : 1, step = 8 * each;
  size_t width = panel_width(n), whole = k - k % step;
  for (size_t begin = 0; begin < whole; begin += ALONG)
    for (size_t first = 0; first < width; first += 8)
      for (size_t p = begin; p < whole && p < begin + ALONG; p += step) {
        lanes8 x[8];
        for (size_t i = 0; i < 8; i++) {
          x[i] = (lanes8){0};
          if (first + i >= n) continue;
          const float *row = rows + (first + i) * ld + p;
          __builtin_prefetch(row + ROWS_AHEAD);
          x[i] = *(const lanes8 *)row;
          if (narrow) {
            lanes8 low = x[i], high = *(const lanes8 *)(row + 8);
            lanes8 odd = __builtin_shufflevector(low, high, 1, 3, 5, 7, 9, 11, 13, 15);
            x[i] = __builtin_shufflevector(low, high, 0, 2, 4, 6, 8, 10, 12, 14);
            join8(x + i, &odd);
          }
        }
        transpose8(x);
        for (size_t i = 0; i < 8; i++) *(lanes8 *)((float *)out + (p / each + i) * width + first) = x[i];
      }
  for (size_t p = whole; p < k + k % each; p++)
    for (size_t r = 0; r < width; r++) put(narrow, r < n && p < k ? rows[r * ld + p] : 0, out, width, p, r);
}

MULTIVERSION
void ck_pack_rows(const float *rows, size_t ld, size_t n, size_t k, float *out) { pack_rows(0, rows, ld, n, k, out); }

MULTIVERSION
void ck_pack_rows_bf16(const float *rows, size_t ld, size_t n, size_t k, uint16_t *out) {
  pack_rows(1, rows, ld, n, k, out);
}

INLINE void pack_taps(
  const int narrow, const float *rows, size_t ld, size_t n, size_t channels, size_t area, void *out) {
  size_t width = panel_width(n), filled = narrow ? channels + channels % 2 : channels;
  if (area != 9) {
    for (size_t t = 0; t < area; t++)
      for (size_t c = 0; c < filled; c++)
        for (size_t r = 0; r < width; r++)
          put(narrow, r < n && c < channels ? rows[r * ld + c * area + t] : 0, out, width, t * filled + c, r);
    return;
  }
  const size_t step = narrow ? 2 : 1;
  for (size_t c = 0; c < channels; c += 8)
    for (size_t first = 0; first < width; first += 8) {
      lanes8 taps[72];
      transposed_taps(
        rows + (first < n ? first * ld : 0) + 9 * c, ld, first < n ? n - first : 0, channels - c, taps);
      for (size_t i = 0; i < 8 && c + i < channels; i += step)
        for (size_t t = 0; t < 9; t++) {
          lanes8 x = taps[9 * i + t];
          if (narrow) {
            lanes8 next = taps[9 * (i + 1) + t];
            join8(&x, &next);
          }
          *(lanes8 *)((float *)out + (t * filled + c + i) / step * width + first) = x;
        }
    }
}

MULTIVERSION
void ck_pack_taps(const float *rows, size_t ld, size_t n, size_t channels, size_t area, float *out) {
  pack_taps(0, rows, ld, n, channels, area, out);
}

MULTIVERSION
void ck_pack_taps_bf16(const float *rows, size_t ld, size_t n, size_t channels, size_t area, uint16_t *out) {
  pack_taps(1, rows, ld, n, channels, area, out);
}
