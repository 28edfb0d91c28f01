// Tiles of matrices: between what is stored and what is multiplied.
#pragma once
#include "elementwise.h"

static void widen_tile(
    const uint16_t *restrict x, long x_stride, float *restrict y, long y_stride, long rows, long columns) {
  for (long r = 0; r < rows; r++) from_bfloat16(x + r * x_stride, y + r * y_stride, 0, columns);
}

static void round_tile(
    const float *restrict x, long x_stride, uint16_t *restrict y, long y_stride, long rows, long columns) {
  for (long r = 0; r < rows; r++) to_bfloat16(x + r * x_stride, y + r * y_stride, 0, columns);
}
