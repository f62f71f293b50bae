// The transpose of a matrix, in blocks that fit registers.
#include "CKernels.h"
#include "transpose.h"

MULTIVERSION
void ck_transpose(const float *in, size_t rows, size_t columns, size_t ld, float *out, size_t ld_out) {
  size_t column = 0;
  for (; column + 8 <= columns; column += 8) {
    size_t row = 0;
    for (; row + 8 <= rows; row += 8) {
      lanes8 x[8];
      for (size_t i = 0; i < 8; i++) x[i] = *(const lanes8 *)(in + (row + i) * ld + column);
      transpose8(x);
      for (size_t i = 0; i < 8; i++) *(lanes8 *)(out + (column + i) * ld_out + row) = x[i];
    }
    for (; row < rows; row++)
      for (size_t i = 0; i < 8; i++) out[(column + i) * ld_out + row] = in[row * ld + column + i];
  }
  for (; column < columns; column++)
    for (size_t row = 0; row < rows; row++) out[column * ld_out + row] = in[row * ld + column];
}
