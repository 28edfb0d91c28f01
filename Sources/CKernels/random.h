#pragma once
#include "CKernels.h"
#include "vector.h"

typedef uint64_t u16xl __attribute__((vector_size(128), aligned(4)));

// Philox4x32-10, sixteen counters side by side: counter word 0 differs by lane, the others do not.
// The four output vectors are 64 draws: draw 16 w + lane belongs to word w of that lane's counter.
INLINE void philox64(uint32_t group, uint32_t row, uint32_t site, uint32_t pass, uint64_t key, u16x out[4]) {
  u16x a, b, c, d;
  for (int i = 0; i < 16; i++) {
    a[i] = group * 16 + i;
    b[i] = row;
    c[i] = site;
    d[i] = pass;
  }
  uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
  for (int round = 0; round < 10; round++) {
    u16xl p = __builtin_convertvector(a, u16xl) * 0xD2511F53u;
    u16xl q = __builtin_convertvector(c, u16xl) * 0xCD9E8D57u;
    u16x ph = __builtin_convertvector(p >> 32, u16x), pl = __builtin_convertvector(p, u16x);
    u16x qh = __builtin_convertvector(q >> 32, u16x), ql = __builtin_convertvector(q, u16x);
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
  u16x words[4];
  philox64(group, row, site, d->pass, d->seed, words);
  for (int w = 0; w < 4; w++)
    for (int i = 0; i < 16; i++) factors[16 * w + i] = words[w][i] < d->threshold ? 0.0f : d->scale;
}
