/// How libpng's errors leave it: the message is kept, the call in progress abandoned by its longjmp.
#pragma once

#include <png.h>

void cpng_fail(png_structp png, png_const_charp reason);
void cpng_ignore(png_structp png, png_const_charp reason);
