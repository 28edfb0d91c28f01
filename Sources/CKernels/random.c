#include "operand.h"
#include "random.h"

void ck_philox(const uint32_t counter[4], uint64_t key, uint32_t words[4]) {
  uint32_t a = counter[0], b = counter[1], c = counter[2], d = counter[3];
  uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
  for (int round = 0; round < 10; round++) {
    uint64_t p = (uint64_t)a * 0xD2511F53u, q = (uint64_t)c * 0xCD9E8D57u;
    a = (uint32_t)(q >> 32) ^ b ^ k0;
    b = (uint32_t)q;
    c = (uint32_t)(p >> 32) ^ d ^ k1;
    d = (uint32_t)p;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  words[0] = a;
  words[1] = b;
  words[2] = c;
  words[3] = d;
}

CLONES void ck_dropout_rows(
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
