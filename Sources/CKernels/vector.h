// Sixteen floats at a time, in clang's portable vectors, and the clones that the loader chooses from.
#pragma once
#include <stdint.h>

// One object file serves every x86-64: the loader picks AVX-512, AVX2 or SSE2 code when the program
// starts. Elsewhere the same C compiles to whatever the target has.
#if defined(__x86_64__) && defined(__linux__)
#define CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CLONES
#endif
#define INLINE static inline __attribute__((always_inline))

typedef float v16 __attribute__((vector_size(64), aligned(4)));
typedef uint32_t u16x __attribute__((vector_size(64), aligned(4)));
typedef int32_t i16x __attribute__((vector_size(64), aligned(4)));

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
