#pragma once
#include "halves.h"

static void split(const float *x, ck_weight halves, long begin, long end) {
  for (long i = begin; i < end; i++) split_halves(x[i], halves.upper + i, halves.lower + i);
}

static void upper_halves(const float *x, uint16_t *upper, long begin, long end) {
  for (long i = begin; i < end; i++) {
    int16_t lower;
    split_halves(x[i], upper + i, &lower);
    if (x[i] != x[i]) upper[i] = 0x7FC0;  // rounding might carry a NaN on to zero
  }
}

static void join(ck_weight halves, float *x, long begin, long end) {
  for (long i = begin; i < end; i++) x[i] = join_halves(halves.upper[i], halves.lower[i]);
}

static void add_to_weight(ck_weight w, const float *x, long begin, long end) {
  const float *from = x + begin;
#define ADD_CHUNK(c, n)                                      \
  do {                                                       \
    float sum[CHUNK];                                        \
    load_weight(w, begin + c, n, sum);                       \
    for (long i = 0; i < (n); i++) sum[i] += from[c + i];    \
    store_weight(w, begin + c, n, sum);                      \
  } while (0)
  IN_CHUNKS(end - begin, ADD_CHUNK);
}
