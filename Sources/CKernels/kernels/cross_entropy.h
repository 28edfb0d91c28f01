#pragma once
#include "attention.h"

// A row's exponentials are computed twice where the gradient is wanted, so that nothing but it is written.
static void cross_entropy(
    const float *logits, const int32_t *labels, float scale, float *gradient, float *losses, long columns,
    long begin, long end) {
  for (long r = begin; r < end; r++) {
    const float *x = logits + r * columns;
    float top = row_maximum(x, columns);
    double sum = 0;
#define EXPONENTIALS_CHUNK(c, n)                                   \
  do {                                                             \
    float part[CHUNK] = {0};                                       \
    v16 lanes = {0};                                               \
    for (long i = 0; i < (n); i++) part[i] = exp1(x[c + i] - top); \
    for (long i = 0; i < CHUNK; i += 16) lanes += *(v16 *)(part + i); \
    sum += sum16(&lanes);                                          \
  } while (0)
    IN_CHUNKS(columns, EXPONENTIALS_CHUNK);
    float normalizer = top + (float)__builtin_log(sum);
    losses[r] = normalizer - x[labels[r]];
    if (!gradient) continue;
    float *g = gradient + r * columns, factor = scale / (float)sum;
    for (long c = 0; c < columns; c++) g[c] = factor * exp1(x[c] - top);
    g[labels[r]] -= scale;
  }
}
