#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CPNG.h"
#include "failure.h"

/// Everything a longjmp must not lose; lives in the frame above the one that calls setjmp.
typedef struct {
  cpng_file *file;
  size_t capacity;
  png_structp png;
  png_infop info;
  png_textp texts;
} encoder;

static void write_bytes(png_structp png, png_bytep bytes, size_t count) {
  encoder *state = png_get_io_ptr(png);
  size_t needed = state->file->count + count;
  if (needed > state->capacity) {
    size_t capacity = needed > 2 * state->capacity ? needed : 2 * state->capacity;
    uint8_t *grown = realloc(state->file->bytes, capacity);
    if (!grown) png_error(png, "out of memory");
    state->file->bytes = grown;
    state->capacity = capacity;
  }
  memcpy(state->file->bytes + state->file->count, bytes, count);
  state->file->count = needed;
}

static void flush(png_structp png) { (void)png; }

static void set_texts(encoder *state, const cpng_image *image) {
  if (image->text_count == 0) return;
  state->texts = calloc(image->text_count, sizeof *state->texts);
  if (!state->texts) png_error(state->png, "out of memory");
  for (size_t i = 0; i < image->text_count; i++) {
    const cpng_text *text = &image->texts[i];
    state->texts[i] = (png_text){
        .compression = text->utf8 ? PNG_ITXT_COMPRESSION_NONE : PNG_TEXT_COMPRESSION_NONE,
        .key = text->key,
        .text = text->value,
        .text_length = text->utf8 ? 0 : text->length,
        .itxt_length = text->utf8 ? text->length : 0,
        .lang = "",
        .lang_key = "",
    };
  }
  png_set_text(state->png, state->info, state->texts, (int)image->text_count);
}

static void set_palette(encoder *state, const cpng_image *image) {
  png_color colors[PNG_MAX_PALETTE_LENGTH];
  for (size_t i = 0; i < image->palette_count; i++) {
    const uint8_t *color = image->palette + 3 * i;
    colors[i] = (png_color){.red = color[0], .green = color[1], .blue = color[2]};
  }
  png_set_PLTE(state->png, state->info, colors, (int)image->palette_count);
}

static bool encode(encoder *state, const cpng_image *image) {
  if (setjmp(png_jmpbuf(state->png))) return false;
  png_set_user_limits(state->png, CPNG_MAX_SIDE, CPNG_MAX_SIDE);
  png_set_write_fn(state->png, state, write_bytes, flush);
  png_set_IHDR(state->png, state->info, image->width, image->height, 8,
               image->palette_count ? PNG_COLOR_TYPE_PALETTE : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_BASE, PNG_FILTER_TYPE_BASE);
  if (image->palette_count) set_palette(state, image);
  set_texts(state, image);
  png_write_info(state->png, state->info);
  size_t stride = (size_t)image->width * (image->palette_count ? 1 : 3);
  for (uint32_t y = 0; y < image->height; y++) {
    png_write_row(state->png, image->pixels + stride * y);
  }
  png_write_end(state->png, NULL);
  return true;
}

bool cpng_encode(const cpng_image *image, cpng_file *file, char *message) {
  *file = (cpng_file){0};
  if (image->palette_count > PNG_MAX_PALETTE_LENGTH) {
    snprintf(message, CPNG_MESSAGE_SIZE, "a palette holds %d colours at most", PNG_MAX_PALETTE_LENGTH);
    return false;
  }
  encoder state = {.file = file};
  snprintf(message, CPNG_MESSAGE_SIZE, "out of memory");
  state.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, message, cpng_fail, cpng_ignore);
  if (state.png) state.info = png_create_info_struct(state.png);
  bool done = state.info && encode(&state, image);
  png_destroy_write_struct(&state.png, &state.info);
  free(state.texts);
  return done;
}

void cpng_file_free(cpng_file *file) {
  free(file->bytes);
  *file = (cpng_file){0};
}
