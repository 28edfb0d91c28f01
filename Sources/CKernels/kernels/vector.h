// Sixteen floats at a time, in clang's portable vectors.
#pragma once
#include <stdint.h>

#define INLINE static inline __attribute__((always_inline))

typedef float v16 __attribute__((vector_size(64), aligned(4)));
typedef uint32_t u16x __attribute__((vector_size(64), aligned(4)));

// A multiple of sixteen.
INLINE long padded(long n) { return (n + 15) / 16 * 16; }

// Vectors are passed by pointer: by value they would need one calling convention for all clones.

INLINE float sum16(const v16 *x) {
  float s[16];
  __builtin_memcpy(s, x, sizeof s);
  for (int width = 8; width; width /= 2)
    for (int i = 0; i < width; i++) s[i] += s[i + width];
  return s[0];
}

INLINE float max16(const v16 *x) {
  float s[16];
  __builtin_memcpy(s, x, sizeof s);
  for (int width = 8; width; width /= 2)
    for (int i = 0; i < width; i++) s[i] = s[i] > s[i + width] ? s[i] : s[i + width];
  return s[0];
}

// Swaps halves of neighbours `d` apart, for d = 8, 4, 2, 1: then rows are columns.
#define LANE_A(j, d) ((j) & (d) ? 16 + (j) - (d) : (j))
#define LANE_B(j, d) ((j) & (d) ? 16 + (j) : (j) + (d))
#define LANES(f, d)                                                                                     \
  f(0, d), f(1, d), f(2, d), f(3, d), f(4, d), f(5, d), f(6, d), f(7, d), f(8, d), f(9, d), f(10, d),   \
      f(11, d), f(12, d), f(13, d), f(14, d), f(15, d)
#define EXCHANGE(d)                                                              \
  for (int i = 0; i < 16; i++)                                                   \
    if (!(i & d)) {                                                              \
      v16 a = x[i], b = x[i + d];                                                \
      x[i] = __builtin_shufflevector(a, b, LANES(LANE_A, d));                    \
      x[i + d] = __builtin_shufflevector(a, b, LANES(LANE_B, d));                \
    }

INLINE void transpose16(v16 x[16]) {
  EXCHANGE(8)
  EXCHANGE(4)
  EXCHANGE(2)
  EXCHANGE(1)
}

// 2^f on [-1/2, 1/2] by a least-squares polynomial (relative error 2e-9), then the exponent by its bits.
INLINE float exp1(float x) {
  x = x < -87.0f ? -87.0f : x > 88.0f ? 88.0f : x;
  float t = x * 1.44269504f;
  float n = (t + 12582912.0f) - 12582912.0f;  // rounds to the nearest integer
  float f = (x - n * 0.693359375f + n * 2.12194440e-4f) * 1.44269504f;
  float p = 1.53375766e-4f;
  p = p * f + 1.33998604e-3f;
  p = p * f + 9.61851953e-3f;
  p = p * f + 5.55032900e-2f;
  p = p * f + 2.40226466e-1f;
  p = p * f + 6.93147206e-1f;
  p = p * f + 1.0f;
  union {
    int32_t i;
    float f;
  } power = {((int32_t)n + 127) << 23};
  return p * power.f;
}
