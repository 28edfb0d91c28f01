// Dropout masks from Philox4x32-10, a row at a time.
#pragma once
#include "operand.h"

typedef uint64_t u8xl __attribute__((vector_size(64), aligned(4)));

// The upper and lower words of x * factor, lane by lane. Products of the even lanes and of the odd ones
// stand in 64 bits each; no lane has to move further than to its neighbour.
#define MULTIPLY_WIDE(x, factor, upper, lower)                                       \
  do {                                                                               \
    u8xl even = ((u8xl)(x) & 0xFFFFFFFFu) * (uint64_t)(factor);                      \
    u8xl odd = ((u8xl)(x) >> 32) * (uint64_t)(factor);                               \
    (upper) = (u16x)((even >> 32) | (odd & 0xFFFFFFFF00000000u));                    \
    (lower) = (u16x)((even & 0xFFFFFFFFu) | (odd << 32));                            \
  } while (0)

// Philox4x32-10, sixteen counters side by side: counter word 0 differs by lane, the others do not.
// The four output vectors are 64 draws: draw 16 w + lane belongs to word w of that lane's counter.
INLINE void philox64(uint32_t group, uint32_t row, uint32_t site, uint32_t pass, uint64_t key, u16x out[4]) {
  const u16x lanes = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, zero = {0};
  u16x a = lanes + group * 16, b = zero + row, c = zero + site, d = zero + pass;
  uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
  for (int round = 0; round < 10; round++) {
    u16x ph, pl, qh, ql;
    MULTIPLY_WIDE(a, 0xD2511F53u, ph, pl);
    MULTIPLY_WIDE(c, 0xCD9E8D57u, qh, ql);
    a = qh ^ b ^ k0;
    b = ql;
    c = ph ^ d ^ k1;
    d = pl;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  out[0] = a;
  out[1] = b;
  out[2] = c;
  out[3] = d;
}

// The factors (0 or scale) of 64 columns of a row, from column 64 * group.
INLINE void dropout_factors(const ck_dropout *d, uint32_t group, uint32_t row, uint32_t site, float factors[64]) {
  u16x words[4], zero = {0}, scale;
  for (int i = 0; i < 16; i++) __builtin_memcpy((char *)&scale + 4 * i, &d->scale, 4);
  philox64(group, row, site, d->pass, d->seed, words);
  // A comparison is all ones where it holds.
  for (int w = 0; w < 4; w++) *(u16x *)(factors + 16 * w) = (u16x)(words[w] >= zero + d->threshold) & scale;
}

static void dropout_rows(
    const float *x, float *y, long columns, long begin, long end, const ck_dropout *dropout) {
  if (dropout->threshold == 0) {
    if (x != y) __builtin_memcpy(y + begin * columns, x + begin * columns, (end - begin) * columns * sizeof(float));
    return;
  }
  for (long r = begin; r < end; r++)
    for (long c = 0; c < columns; c += 64) {
      float factors[CHUNK];  // as many as a draw gives
      dropout_factors(dropout, (uint32_t)(c / CHUNK), (uint32_t)r, dropout->site, factors);
      long n = columns - c < CHUNK ? columns - c : CHUNK, at = r * columns + c;
      for (long i = 0; i < n; i++) factors[i] *= x[at + i];
      for (long i = 0; i < n; i++) y[at + i] = factors[i];
    }
}
