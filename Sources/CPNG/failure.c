#include "failure.h"

#include <stdio.h>

#include "CPNG.h"

void cpng_fail(png_structp png, png_const_charp reason) {
  snprintf(png_get_error_ptr(png), CPNG_MESSAGE_SIZE, "%s", reason);
  png_longjmp(png, 1);
}

void cpng_ignore(png_structp png, png_const_charp reason) {
  (void)png;
  (void)reason;
}
