// Products of rows as files store them with one vector. The weights pass through registers: each is read once, which is
// what limits generation.
#pragma once
#include "stored.h"

// Each adds the products of the elements at b with those of x, those of 32 columns to sums of their own.

#define ADD_DECODED(name, elements)                                                                      \
  INLINE void add_##name(const uint8_t *restrict b, const float *restrict x, float *restrict sums) {     \
    float whole[elements];                                                                               \
    decode_##name(b, whole);                                                                             \
    for (int i = 0; i < elements; i++) sums[i] += whole[i] * x[i];                                       \
  }
ADD_DECODED(f32, 16)
ADD_DECODED(f16, 16)
ADD_DECODED(bf16, 16)
ADD_DECODED(q4_0, 32)
ADD_DECODED(q5_0, 32)
ADD_DECODED(q5_1, 32)
ADD_DECODED(q8_0, 32)

// A half's value by the processor's own instruction, where there is one.
INLINE float converted_half_at(const uint8_t *b) {
#if CONVERTS_HALVES
  _Float16 h;
  __builtin_memcpy(&h, b, sizeof h);
  return (float)h;
#else
  return half_at(b);
#endif
}

// Two halves in 20 bytes: how they are converted decides the speed. Where the processor does it, this is 1.4 times as fast.
// (Of a block with one half, the compiler makes slower code of it.)
INLINE void add_q4_1(const uint8_t *restrict b, const float *restrict x, float *restrict sums) {
  float d = converted_half_at(b), m = converted_half_at(b + 2);
  for (int i = 0; i < 16; i++) {
    sums[i] += (d * (float)(b[4 + i] & 15) + m) * x[i];
    sums[16 + i] += (d * (float)(b[4 + i] >> 4) + m) * x[16 + i];
  }
}

// Blocks of 256 are too large for registers: they are taken 64 at a time.

INLINE void add_q4_k(const uint8_t *restrict b, const float *restrict x, float *restrict sums) {
  float d = half_at(b), dmin = half_at(b + 2), s, m, t, n;
  for (int pair = 0; pair < 4; pair++) {
    const uint8_t *q = b + 16 + 32 * pair;
    const float *z = x + 64 * pair;
    scale_and_minimum(b, 2 * pair, d, dmin, &s, &m);
    scale_and_minimum(b, 2 * pair + 1, d, dmin, &t, &n);
    for (int i = 0; i < 32; i++) {
      sums[i] += (s * (float)(q[i] & 15) - m) * z[i];
      sums[i] += (t * (float)(q[i] >> 4) - n) * z[32 + i];
    }
  }
}

INLINE void add_q5_k(const uint8_t *restrict b, const float *restrict x, float *restrict sums) {
  float d = half_at(b), dmin = half_at(b + 2), s, m, t, n;
  for (int pair = 0; pair < 4; pair++) {
    const uint8_t *q = b + 48 + 32 * pair, *fifth = b + 16;
    const float *z = x + 64 * pair;
    scale_and_minimum(b, 2 * pair, d, dmin, &s, &m);
    scale_and_minimum(b, 2 * pair + 1, d, dmin, &t, &n);
    for (int i = 0; i < 32; i++) {
      sums[i] += (s * (float)((q[i] & 15) | (fifth[i] >> (2 * pair) & 1) << 4) - m) * z[i];
      sums[i] += (t * (float)((q[i] >> 4) | (fifth[i] >> (2 * pair + 1) & 1) << 4) - n) * z[32 + i];
    }
  }
}

INLINE void add_q6_k(const uint8_t *restrict b, const float *restrict x, float *restrict sums) {
  float d = half_at(b + 208);
  for (int part = 0; part < 2; part++)
    for (int side = 0; side < 2; side++) {
      const uint8_t *low = b + 64 * part + 32 * side, *high = b + 128 + 32 * part;
      const int8_t *scales = (const int8_t *)b + 192 + 8 * part + 2 * side;
      const float *z = x + 128 * part + 32 * side;
      for (int half = 0; half < 2; half++) {
        float s = d * (float)scales[half], t = d * (float)scales[4 + half];
        for (int i = 16 * half; i < 16 * half + 16; i++) {
          sums[i] += s * (float)(((low[i] & 15) | (high[i] >> (2 * side) & 3) << 4) - 32) * z[i];
          sums[i] += t * (float)(((low[i] >> 4) | (high[i] >> (4 + 2 * side) & 3) << 4) - 32) * z[64 + i];
        }
      }
    }
}

static void stored_times_vector(
    ck_storage type, const uint8_t *restrict w, long row_bytes, const float *restrict x, float *restrict y,
    long columns, long begin, long end) {
#define MULTIPLY_ROWS(name, elements, bytes)                                                        \
  for (long r = begin; r < end; r++) {                                                              \
    const uint8_t *b = w + r * row_bytes;                                                           \
    float sums[32] = {0};                                                                           \
    long c = 0;                                                                                     \
    if (elements == 16)                                                                             \
      for (; c + 32 <= columns; c += 32, b += 2 * bytes) {                                          \
        add_##name(b, x + c, sums);                                                                 \
        add_##name(b + bytes, x + c + 16, sums + 16);                                               \
      }                                                                                             \
    for (; c + elements <= columns; c += elements, b += bytes) add_##name(b, x + c, sums);          \
    if (c < columns) {                                                                              \
      float whole[elements];                                                                        \
      DECODE_REST(name, elements, bytes, b, c, columns, whole)                                      \
      for (int i = 0; i < columns - c; i++) sums[i % 32] += whole[i] * x[c + i];                    \
    }                                                                                               \
    v16 total;                                                                                      \
    for (int i = 0; i < 16; i++) total[i] = sums[i] + sums[16 + i];                                 \
    y[r] = sum16(&total);                                                                           \
  }
  FOR_STORAGE(type, MULTIPLY_ROWS)
}
