#include "weight.h"

// The moments move in place; what Adam adds to the weight is returned.
INLINE float adam(const ck_adam *s, float g, float *m, float *v) {
  float gradient = g * s->gradient_scale;
  *m = s->beta1 * *m + (1.0f - s->beta1) * gradient;
  *v = s->beta2 * *v + (1.0f - s->beta2) * gradient * gradient;
  float divisor = __builtin_elementwise_sqrt(*v) * s->inverse_correction + s->epsilon;
  return -s->rate * *m / divisor;
}

CLONES void ck_adamw(
    const ck_adam *step, ck_weight weight, const float *restrict g, float *restrict m,
    float *restrict v, long begin, long end) {
  const ck_adam s = *step;
  if (weight.f32) {
    float *restrict w = weight.f32;
    for (long i = begin; i < end; i++) w[i] = w[i] * s.decay + adam(&s, g[i], m + i, v + i);
  } else {
    uint16_t *restrict upper = weight.upper;
    int16_t *restrict lower = weight.lower;
    for (long i = begin; i < end; i++) {
      float w = join_halves(upper[i], lower[i]);
      split_halves(w * s.decay + adam(&s, g[i], m + i, v + i), upper + i, lower + i);
    }
  }
}

CLONES void ck_adam_delta(
    const ck_adam *step, const float *restrict g, float *restrict m, float *restrict v,
    float *restrict delta, long begin, long end) {
  const ck_adam s = *step;
  for (long i = begin; i < end; i++) delta[i] = adam(&s, g[i], m + i, v + i);
}
