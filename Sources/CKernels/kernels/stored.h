// Rows of matrices as files store them: float32, halves, and the quantised blocks of GGUF.
//
// Every element is computed by the operations, and in the order, of ggml's reference implementation, so that it
// has the same bits on every instruction set: nothing is fused.
#pragma once
#include "operand.h"

// The value of an IEEE 754 half, exactly: exponent and mantissa moved to their places in a float, then the bias made
// right by a product, which makes normal numbers of subnormal halves.
INLINE float widen_half(uint16_t h) {
  uint32_t magnitude = (uint32_t)(h & 0x7FFFu) << 13;
  float scaled;
  __builtin_memcpy(&scaled, &magnitude, sizeof scaled);
  scaled *= 0x1p112f;
  uint32_t bits;
  __builtin_memcpy(&bits, &scaled, sizeof bits);
  bits |= (magnitude >= 0x0F800000u ? 0x7F800000u : 0u) | (uint32_t)(h & 0x8000u) << 16;
  float y;
  __builtin_memcpy(&y, &bits, sizeof y);
  return y;
}

INLINE float half_at(const uint8_t *b) {
  uint16_t h;
  __builtin_memcpy(&h, b, sizeof h);
  return widen_half(h);
}

// One element of types without blocks.

INLINE void decode_f32(const uint8_t *restrict b, float *restrict y) { __builtin_memcpy(y, b, 16 * sizeof(float)); }

INLINE void decode_f16(const uint8_t *restrict b, float *restrict y) {
  uint16_t h[16];
  __builtin_memcpy(h, b, sizeof h);
  for (int i = 0; i < 16; i++) y[i] = widen_half(h[i]);
}

INLINE void decode_bf16(const uint8_t *restrict b, float *restrict y) {
  uint16_t h[16];
  __builtin_memcpy(h, b, sizeof h);
  for (int i = 0; i < 16; i++) y[i] = widen_bfloat16(h[i]);
}

// Blocks of 32: bytes of two elements each, those of the first half in the lower bits.

INLINE void decode_q4_0(const uint8_t *restrict b, float *restrict y) {
#pragma clang fp contract(off)
  float d = half_at(b);
  for (int i = 0; i < 16; i++) {
    y[i] = d * (float)((b[2 + i] & 15) - 8);
    y[16 + i] = d * (float)((b[2 + i] >> 4) - 8);
  }
}

INLINE void decode_q4_1(const uint8_t *restrict b, float *restrict y) {
#pragma clang fp contract(off)
  float d = half_at(b), m = half_at(b + 2);
  for (int i = 0; i < 16; i++) {
    y[i] = d * (float)(b[4 + i] & 15) + m;
    y[16 + i] = d * (float)(b[4 + i] >> 4) + m;
  }
}

// Bit i of the word at b, moved to where a fifth bit belongs.
INLINE uint32_t word_at(const uint8_t *b) {
  uint32_t w;
  __builtin_memcpy(&w, b, sizeof w);
  return w;
}

INLINE void decode_q5_0(const uint8_t *restrict b, float *restrict y) {
#pragma clang fp contract(off)
  float d = half_at(b);
  uint32_t fifth = word_at(b + 2);
  for (int i = 0; i < 16; i++) {
    y[i] = d * (float)((int)((b[6 + i] & 15u) | (fifth >> i & 1) << 4) - 16);
    y[16 + i] = d * (float)((int)((uint32_t)(b[6 + i] >> 4) | (fifth >> (16 + i) & 1) << 4) - 16);
  }
}

INLINE void decode_q5_1(const uint8_t *restrict b, float *restrict y) {
#pragma clang fp contract(off)
  float d = half_at(b), m = half_at(b + 2);
  uint32_t fifth = word_at(b + 4);
  for (int i = 0; i < 16; i++) {
    y[i] = d * (float)(int)((b[8 + i] & 15u) | (fifth >> i & 1) << 4) + m;
    y[16 + i] = d * (float)(int)((uint32_t)(b[8 + i] >> 4) | (fifth >> (16 + i) & 1) << 4) + m;
  }
}

INLINE void decode_q8_0(const uint8_t *restrict b, float *restrict y) {
#pragma clang fp contract(off)
  float d = half_at(b);
  for (int i = 0; i < 32; i++) y[i] = (float)(int8_t)b[2 + i] * d;
}

// Blocks of 256: eight groups of 32 with scale and minimum. The first four groups have six bits of a byte each; of
// the others the lower four bits share bytes, and the upper two fill up those of the first four.
INLINE void scale_and_minimum(const uint8_t *b, int group, float d, float dmin, float *scale, float *minimum) {
#pragma clang fp contract(off)
  const uint8_t *s = b + 4;
  int low = group < 4;
  int g = low ? s[group] & 63 : (s[group + 4] & 15) | (s[group - 4] >> 6) << 4;
  int m = low ? s[group + 4] & 63 : (s[group + 4] >> 4) | (s[group] >> 6) << 4;
  *scale = d * (float)g;
  *minimum = dmin * (float)m;
}

INLINE void decode_q4_k(const uint8_t *restrict b, float *restrict y) {
#pragma clang fp contract(off)
  float d = half_at(b), dmin = half_at(b + 2), s, m, t, n;
  for (int pair = 0; pair < 4; pair++) {
    const uint8_t *q = b + 16 + 32 * pair;
    float *z = y + 64 * pair;
    scale_and_minimum(b, 2 * pair, d, dmin, &s, &m);
    scale_and_minimum(b, 2 * pair + 1, d, dmin, &t, &n);
    for (int i = 0; i < 32; i++) {
      z[i] = s * (float)(q[i] & 15) - m;
      z[32 + i] = t * (float)(q[i] >> 4) - n;
    }
  }
}

INLINE void decode_q5_k(const uint8_t *restrict b, float *restrict y) {
#pragma clang fp contract(off)
  float d = half_at(b), dmin = half_at(b + 2), s, m, t, n;
  for (int pair = 0; pair < 4; pair++) {
    const uint8_t *q = b + 48 + 32 * pair, *fifth = b + 16;
    float *z = y + 64 * pair;
    scale_and_minimum(b, 2 * pair, d, dmin, &s, &m);
    scale_and_minimum(b, 2 * pair + 1, d, dmin, &t, &n);
    for (int i = 0; i < 32; i++) {
      z[i] = s * (float)((q[i] & 15) | (fifth[i] >> (2 * pair) & 1) << 4) - m;
      z[32 + i] = t * (float)((q[i] >> 4) | (fifth[i] >> (2 * pair + 1) & 1) << 4) - n;
    }
  }
}

// 128 bytes of lower halves, 64 of upper pairs of bits, 16 scales, and the scale of all.
INLINE void decode_q6_k(const uint8_t *restrict b, float *restrict y) {
#pragma clang fp contract(off)
  float d = half_at(b + 208);
  for (int part = 0; part < 2; part++)
    for (int quarter = 0; quarter < 4; quarter++) {
      const uint8_t *low = b + 64 * part + 32 * (quarter & 1), *high = b + 128 + 32 * part;
      const uint8_t *scales = b + 192 + 8 * part + 2 * quarter;
      float s[2] = {d * (float)(int8_t)scales[0], d * (float)(int8_t)scales[1]};
      float *z = y + 128 * part + 32 * quarter;
      int shift = quarter < 2 ? 0 : 4;
      for (int i = 0; i < 32; i++)
        z[i] = s[i / 16] * (float)(((low[i] >> shift & 15) | (high[i] >> (2 * quarter) & 3) << 4) - 32);
    }
}

// Calls `with(name, elements, bytes)` for the type of a matrix. Types without blocks are taken 16 at a time.
#define FOR_STORAGE(type, with)                   \
  switch (type) {                                 \
    case CK_F32: with(f32, 16, 64) break;         \
    case CK_F16: with(f16, 16, 32) break;         \
    case CK_BF16: with(bf16, 16, 32) break;       \
    case CK_Q4_0: with(q4_0, 32, 18) break;       \
    case CK_Q4_1: with(q4_1, 32, 20) break;       \
    case CK_Q5_0: with(q5_0, 32, 22) break;       \
    case CK_Q5_1: with(q5_1, 32, 24) break;       \
    case CK_Q8_0: with(q8_0, 32, 34) break;       \
    case CK_Q4_K: with(q4_k, 256, 144) break;     \
    case CK_Q5_K: with(q5_k, 256, 176) break;     \
    case CK_Q6_K: with(q6_k, 256, 210) break;     \
  }

// What is left of a row behind its last whole piece: there is some only of types without blocks.
#define DECODE_REST(name, elements, bytes, from, done, columns, whole) \
  uint8_t last[bytes] = {0};                                           \
  __builtin_memcpy(last, from, ((columns) - (done)) * ((bytes) / (elements))); \
  decode_##name(last, whole);

static void decode_tile(
    ck_storage type, const uint8_t *restrict x, long row_bytes, float *restrict y, long y_stride, long rows,
    long columns) {
#define DECODE_ROWS(name, elements, bytes)                                                    \
  for (long r = 0; r < rows; r++) {                                                           \
    const uint8_t *b = x + r * row_bytes;                                                     \
    long c = 0;                                                                               \
    for (; c + elements <= columns; c += elements, b += bytes) decode_##name(b, y + r * y_stride + c); \
    if (c < columns) {                                                                        \
      float whole[elements];                                                                  \
      DECODE_REST(name, elements, bytes, b, c, columns, whole)                                \
      __builtin_memcpy(y + r * y_stride + c, whole, (columns - c) * sizeof(float));           \
    }                                                                                         \
  }
  FOR_STORAGE(type, DECODE_ROWS)
}
