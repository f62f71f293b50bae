/// PNG in memory through libpng's full API; its setjmp error path never leaves this target.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Longest error message with its terminating zero.
#define CPNG_MESSAGE_SIZE 256

/// Largest picture that is read or written.
#define CPNG_MAX_SIDE 32768
#define CPNG_MAX_PIXELS (1L << 27)

/// A text chunk; `value` holds `length` bytes and a zero, UTF-8 where `utf8` is set (iTXt),
/// Latin-1 otherwise (tEXt, zTXt).
typedef struct {
  char *key;
  char *value;
  size_t length;
  bool utf8;
} cpng_text;

/// 8-bit RGB, rows from the top without padding; with a palette (to encode only) each pixel is one byte, the
/// place of its colour among `palette_count` RGB triples.
typedef struct {
  uint32_t width;
  uint32_t height;
  uint8_t *pixels;
  cpng_text *texts;
  size_t text_count;
  const uint8_t *palette;
  size_t palette_count;
} cpng_image;

typedef struct {
  uint8_t *bytes;
  size_t count;
} cpng_file;

/// Decodes any PNG to 8-bit RGB: palettes expanded, gray repeated, alpha dropped, colours of 16 bits cut
/// to their high byte and gray of 16 bits clipped to 255, as Pillow's `convert("RGB")` does.
/// False with a message when the file is not a whole and valid PNG. Free the image either way.
bool cpng_decode(const uint8_t *bytes, size_t count, cpng_image *image, char *message);
void cpng_image_free(cpng_image *image);

/// Encodes 8-bit RGB, or palette colours, with the text chunks. False with a message when that fails. Free the file either way.
bool cpng_encode(const cpng_image *image, cpng_file *file, char *message);
void cpng_file_free(cpng_file *file);
