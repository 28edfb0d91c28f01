#include "CKernels.h"
#include "vector.h"

CLONES void ck_adamw(
    const ck_adam *step, float *restrict w, const float *restrict g, float *restrict m,
    float *restrict v, long begin, long end) {
  const ck_adam s = *step;
  for (long i = begin; i < end; i++) {
    float gradient = g[i] * s.gradient_scale;
    float first = m[i] = s.beta1 * m[i] + (1.0f - s.beta1) * gradient;
    float second = v[i] = s.beta2 * v[i] + (1.0f - s.beta2) * gradient * gradient;
    float divisor = __builtin_elementwise_sqrt(second) * s.inverse_correction + s.epsilon;
    w[i] = w[i] * s.decay - s.rate * first / divisor;
  }
}

CLONES void ck_adam_delta(
    const ck_adam *step, const float *restrict g, float *restrict m, float *restrict v,
    float *restrict delta, long begin, long end) {
  const ck_adam s = *step;
  for (long i = begin; i < end; i++) {
    float gradient = g[i] * s.gradient_scale;
    float first = m[i] = s.beta1 * m[i] + (1.0f - s.beta1) * gradient;
    float second = v[i] = s.beta2 * v[i] + (1.0f - s.beta2) * gradient * gradient;
    float divisor = __builtin_elementwise_sqrt(second) * s.inverse_correction + s.epsilon;
    delta[i] = -s.rate * first / divisor;
  }
}
