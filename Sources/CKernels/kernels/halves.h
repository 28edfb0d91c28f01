// Reading and writing a weight that is float32 or two halves of it.
#pragma once
#include "operand.h"

INLINE float join_halves(uint16_t upper, int16_t lower) {
  uint32_t bits = ((uint32_t)upper << 16) + (uint32_t)(int32_t)lower;
  float x;
  __builtin_memcpy(&x, &bits, sizeof x);
  return x;
}

INLINE void split_halves(float x, uint16_t *upper, int16_t *lower) {
  uint32_t bits;
  __builtin_memcpy(&bits, &x, sizeof bits);
  *upper = (uint16_t)((bits + 0x8000u) >> 16);
  *lower = (int16_t)(bits & 0xFFFFu);  // as a signed number it is what rounding took or gave
}

INLINE void load_weight(ck_weight w, long start, const long n, float *restrict out) {
  if (w.f32)
    for (long i = 0; i < n; i++) out[i] = w.f32[start + i];
  else
    for (long i = 0; i < n; i++) out[i] = join_halves(w.upper[start + i], w.lower[start + i]);
}

INLINE void store_weight(ck_weight w, long start, const long n, const float *restrict x) {
  if (w.f32)
    for (long i = 0; i < n; i++) w.f32[start + i] = x[i];
  else
    for (long i = 0; i < n; i++) split_halves(x[i], w.upper + start + i, w.lower + start + i);
}
