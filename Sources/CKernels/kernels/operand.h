// Reading and writing elements that are float32 or bfloat16, in pieces that stay in registers.
#pragma once
#include "CKernels.h"
#include "vector.h"

enum { CHUNK = 64 };
// Rows that a sum over rows takes before it is written back.
enum { ROW_BLOCK = 16 };

// Calls `body(start, n)` for pieces of 0..<count: the compiler sees the size of all but the last.
#define IN_CHUNKS(count, body)                                     \
  do {                                                             \
    long start_ = 0;                                               \
    for (; start_ + CHUNK <= (count); start_ += CHUNK) body(start_, CHUNK); \
    if (start_ < (count)) body(start_, (count) - start_);          \
  } while (0)

INLINE uint16_t round_bfloat16(float x) {
  uint32_t b;
  __builtin_memcpy(&b, &x, sizeof b);
  uint32_t rounded = b + 0x7FFFu + ((b >> 16) & 1);
  uint32_t quiet = b | 0x00400000u;  // a NaN must not round to infinity
  return (uint16_t)(((b & 0x7FFFFFFFu) > 0x7F800000u ? quiet : rounded) >> 16);
}

INLINE float widen_bfloat16(uint16_t x) {
  uint32_t b = (uint32_t)x << 16;
  float y;
  __builtin_memcpy(&y, &b, sizeof y);
  return y;
}

INLINE void load(ck_operand x, long start, const long n, float *restrict out) {
  if (x.f32)
    for (long i = 0; i < n; i++) out[i] = x.f32[start + i];
  else
    for (long i = 0; i < n; i++) out[i] = widen_bfloat16(x.bf16[start + i]);
}

INLINE void store(ck_operand y, long start, const long n, const float *restrict x) {
  if (y.f32)
    for (long i = 0; i < n; i++) y.f32[start + i] = x[i];
  else
    for (long i = 0; i < n; i++) y.bf16[start + i] = round_bfloat16(x[i]);
}

// The elements from `offset` on.
INLINE ck_operand advanced(ck_operand x, long offset) {
  return (ck_operand){x.f32 ? x.f32 + offset : 0, x.bf16 ? x.bf16 + offset : 0};
}
