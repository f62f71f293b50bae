#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CPNG.h"
#include "failure.h"

/// Everything a longjmp must not lose; lives in the frame above the one that calls setjmp.
typedef struct {
  const uint8_t *bytes;
  size_t count;
  size_t position;
  png_structp png;
  png_infop info;
  png_bytepp rows;
} decoder;

static void read_bytes(png_structp png, png_bytep out, size_t count) {
  decoder *state = png_get_io_ptr(png);
  if (count > state->count - state->position) png_error(png, "the file ends too early");
  memcpy(out, state->bytes + state->position, count);
  state->position += count;
}

/// Big-endian 16-bit gray, clipped to 255 and spread to RGB in place: right to left, so that no sample
/// is overwritten before it is read.
static void spread_gray16(png_bytep row, size_t width) {
  for (size_t x = width; x-- > 0;) {
    uint8_t value = row[2 * x] ? 255 : row[2 * x + 1];
    memset(row + 3 * x, value, 3);
  }
}

static void read_pixels(decoder *state, cpng_image *image) {
  png_structp png = state->png;
  png_infop info = state->info;
  png_read_info(png, info);
  uint32_t width = png_get_image_width(png, info);
  uint32_t height = png_get_image_height(png, info);
  if ((uint64_t)width * height > CPNG_MAX_PIXELS) png_error(png, "the picture is too large");

  int color = png_get_color_type(png, info);
  bool gray16 = color == PNG_COLOR_TYPE_GRAY && png_get_bit_depth(png, info) == 16;
  if (color == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(png);
  if (!gray16) {
    if (color == PNG_COLOR_TYPE_GRAY) png_set_expand_gray_1_2_4_to_8(png);
    png_set_strip_16(png);
    png_set_strip_alpha(png);
    png_set_gray_to_rgb(png);
  }
  png_set_interlace_handling(png);
  png_read_update_info(png, info);
  size_t stride = 3 * (size_t)width;
  if (png_get_rowbytes(png, info) != (gray16 ? 2 : 3) * (size_t)width) {
    png_error(png, "its rows do not come out as 8-bit RGB");
  }

  image->width = width;
  image->height = height;
  image->pixels = malloc(stride * height);
  state->rows = malloc(height * sizeof *state->rows);
  if (!image->pixels || !state->rows) png_error(png, "out of memory");
  for (uint32_t y = 0; y < height; y++) state->rows[y] = image->pixels + y * stride;
  png_read_image(png, state->rows);
  png_read_end(png, info);
  if (gray16) {
    for (uint32_t y = 0; y < height; y++) spread_gray16(state->rows[y], width);
  }
}

static char *duplicate(png_structp png, const char *text, size_t length) {
  char *copy = malloc(length + 1);
  if (!copy) png_error(png, "out of memory");
  memcpy(copy, text, length);
  copy[length] = 0;
  return copy;
}

static void read_texts(decoder *state, cpng_image *image) {
  png_textp texts = NULL;
  int count = 0;
  png_get_text(state->png, state->info, &texts, &count);
  if (count == 0) return;
  image->texts = calloc((size_t)count, sizeof *image->texts);
  if (!image->texts) png_error(state->png, "out of memory");
  image->text_count = (size_t)count;
  for (int i = 0; i < count; i++) {
    cpng_text *text = &image->texts[i];
    text->utf8 = texts[i].compression >= PNG_ITXT_COMPRESSION_NONE;
    text->length = text->utf8 ? texts[i].itxt_length : texts[i].text_length;
    text->key = duplicate(state->png, texts[i].key, strlen(texts[i].key));
    text->value = duplicate(state->png, texts[i].text ? texts[i].text : "", text->length);
  }
}

static bool decode(decoder *state, cpng_image *image) {
  if (setjmp(png_jmpbuf(state->png))) return false;
  png_set_user_limits(state->png, CPNG_MAX_SIDE, CPNG_MAX_SIDE);
  png_set_read_fn(state->png, state, read_bytes);
  read_pixels(state, image);
  read_texts(state, image);
  return true;
}

bool cpng_decode(const uint8_t *bytes, size_t count, cpng_image *image, char *message) {
  *image = (cpng_image){0};
  decoder state = {.bytes = bytes, .count = count};
  snprintf(message, CPNG_MESSAGE_SIZE, "out of memory");
  state.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, message, cpng_fail, cpng_ignore);
  if (state.png) state.info = png_create_info_struct(state.png);
  bool done = state.info && decode(&state, image);
  png_destroy_read_struct(&state.png, &state.info, NULL);
  free(state.rows);
  return done;
}

void cpng_image_free(cpng_image *image) {
  for (size_t i = 0; i < image->text_count; i++) {
    free(image->texts[i].key);
    free(image->texts[i].value);
  }
  free(image->texts);
  free(image->pixels);
  *image = (cpng_image){0};
}
