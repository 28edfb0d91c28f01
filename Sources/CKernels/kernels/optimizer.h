#pragma once
#include "halves.h"

// The moments move in place; what Adam adds to the weight is returned.
INLINE float adam(const ck_adam *s, float g, float *m, float *v) {
  float gradient = g * s->gradient_scale;
  *m = s->beta1 * *m + (1.0f - s->beta1) * gradient;
  *v = s->beta2 * *v + (1.0f - s->beta2) * gradient * gradient;
  float divisor = __builtin_elementwise_sqrt(*v) * s->inverse_correction + s->epsilon;
  return -s->rate * *m / divisor;
}

static void adamw(
    const ck_adam *step, ck_weight w, ck_operand g, float *restrict m, float *restrict v, long begin,
    long end) {
  const ck_adam s = *step;
  float *restrict first = m + begin, *restrict second = v + begin;
#define ADAM_CHUNK(c, n)                                                                    \
  do {                                                                                      \
    float weights[CHUNK], gradients[CHUNK];                                                 \
    load_weight(w, begin + c, n, weights);                                                  \
    load(g, begin + c, n, gradients);                                                       \
    for (long i = 0; i < (n); i++)                                                          \
      weights[i] = weights[i] * s.decay + adam(&s, gradients[i], first + c + i, second + c + i); \
    store_weight(w, begin + c, n, weights);                                                 \
  } while (0)
  IN_CHUNKS(end - begin, ADAM_CHUNK);
}

static void adam_delta(
    const ck_adam *step, const float *restrict g, float *restrict m, float *restrict v,
    float *restrict delta, long begin, long end) {
  const ck_adam s = *step;
  for (long i = begin; i < end; i++) delta[i] = adam(&s, g[i], m + i, v + i);
}
