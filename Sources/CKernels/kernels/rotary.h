// Rotary positions (Su et al., 2021): pairs of columns are turned by angles that grow with the position.
#pragma once
#include "operand.h"

static void rotate(
    ck_direction direction, ck_operand x, ck_operand y, const int32_t *positions, const float *cosines,
    const float *sines, long heads, long size, long begin, long end) {
  const long half = size / 2;
  const float sign = direction == CK_BACKWARD ? -1 : 1;
  for (long r = begin; r < end; r++) {
    const float *cosine = cosines + positions[r] * half, *sine = sines + positions[r] * half;
    for (long h = 0; h < heads; h++) {
      long low = (r * heads + h) * size, high = low + half;
#define ROTATE_CHUNK(c, n)                                                                          \
  do {                                                                                              \
    float a[CHUNK], b[CHUNK], turned[CHUNK];                                                        \
    load(x, low + c, n, a);                                                                         \
    load(x, high + c, n, b);                                                                        \
    for (long i = 0; i < (n); i++) turned[i] = a[i] * cosine[c + i] - sign * b[i] * sine[c + i];    \
    store(y, low + c, n, turned);                                                                   \
    for (long i = 0; i < (n); i++) turned[i] = b[i] * cosine[c + i] + sign * a[i] * sine[c + i];    \
    store(y, high + c, n, turned);                                                                  \
  } while (0)
      IN_CHUNKS(half, ROTATE_CHUNK);
    }
  }
}
