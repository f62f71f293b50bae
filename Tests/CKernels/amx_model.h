// The tiles of AMX in plain C, for processors without: what Intel's manual says that the instructions do (TILELOADD,
// TILESTORED, TDPBF16PS), for one thread. What they refuse ends the program.
#pragma once
#include <math.h>
#include <stdlib.h>
#include <string.h>

static amx_configuration configuration;
static unsigned char tile_bytes[8][16][64];

static inline void must(int holds) {
  if (!holds) abort();
}

static inline void model_configure(const amx_configuration *c) {
  must(c->palette == 1);
  for (int t = 0; t < 8; t++) must(c->rows[t] <= 16 && c->row_bytes[t] <= 64 && !c->rows[t] == !c->row_bytes[t]);
  configuration = *c;
  memset(tile_bytes, 0, sizeof tile_bytes);
}

static inline void model_load(int tile, const void *base, size_t stride) {
  must(configuration.rows[tile] > 0);
  memset(tile_bytes[tile], 0, sizeof tile_bytes[tile]);
  for (size_t r = 0; r < configuration.rows[tile]; r++)
    memcpy(tile_bytes[tile][r], (const char *)base + r * stride, configuration.row_bytes[tile]);
}

static inline void model_store(int tile, void *base, size_t stride) {
  must(configuration.rows[tile] > 0);
  for (size_t r = 0; r < configuration.rows[tile]; r++)
    memcpy((char *)base + r * stride, tile_bytes[tile][r], configuration.row_bytes[tile]);
}

static inline float model_number(int tile, size_t row, size_t index) {
  uint16_t bits;
  memcpy(&bits, tile_bytes[tile][row] + 2 * index, sizeof bits);
  uint32_t wide = (uint32_t)bits << 16;
  float x;
  memcpy(&x, &wide, sizeof x);
  return x;
}

static inline void model_add_products(int sum, int a, int b) {
  const uint16_t *bytes = configuration.row_bytes;
  const uint8_t *rows = configuration.rows;
  must(rows[sum] > 0 && rows[sum] == rows[a] && bytes[sum] == bytes[b] && bytes[a] == 4 * rows[b]);
  for (size_t r = 0; r < rows[sum]; r++)
    for (size_t c = 0; c < bytes[sum] / 4u; c++) {
      float parts[2] = {0, 0}, result;
      for (size_t p = 0; p < rows[b]; p++)
        for (size_t i = 0; i < 2; i++)
          parts[i] = fmaf(model_number(a, r, 2 * p + i), model_number(b, p, 2 * c + i), parts[i]);
      memcpy(&result, tile_bytes[sum][r] + 4 * c, sizeof result);
      result += parts[0] + parts[1];
      memcpy(tile_bytes[sum][r] + 4 * c, &result, sizeof result);
    }
}

#define LOAD_CONFIGURATION(c) model_configure(c)
#define RELEASE() memset(&configuration, 0, sizeof configuration)
#define ZERO(tile) memset(tile_bytes[tile], 0, sizeof tile_bytes[tile])
#define LOAD(tile, base, stride) model_load(tile, base, stride)
#define STORE(tile, base, stride) model_store(tile, base, stride)
#define ADD_PRODUCTS(sum, a, b) model_add_products(sum, a, b)
