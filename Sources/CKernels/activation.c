#include "CKernels.h"
#include "vector.h"

// erf(z) = 1 - P(t) exp(-z²) with t = 1 / (1 + 0.45 z), z >= 0: the classical form (Abramowitz and
// Stegun, 7.1.26) with seven terms fitted by least squares; the error is 1.6e-9. GELU's derivative
// needs the same exponential, so one evaluation serves both.
INLINE void gelu_parts(float x, float *cdf, float *density) {
  float z = __builtin_fabsf(x) * 0.70710678f;
  float t = 1.0f / (1.0f + 0.45f * z);
  float e = exp1(-z * z);
  float p = 9.220394e-2f;
  p = p * t - 4.9231594e-1f;
  p = p * t + 8.5354643e-1f;
  p = p * t - 3.7191719e-1f;
  p = p * t + 4.5784133e-1f;
  p = p * t + 2.0174886e-1f;
  p = p * t + 2.5889259e-1f;
  float tail = 0.5f * p * t * e;  // the normal distribution beyond |x|
  *cdf = x < 0 ? tail : 1.0f - tail;
  *density = 0.39894228f * e;
}

INLINE float tanh1(float x) {
  float e = exp1(-2.0f * __builtin_fabsf(x));
  float y = (1.0f - e) / (1.0f + e);
  return x < 0 ? -y : y;
}

// x sqrt(2/pi) (1 + 0.044715 x²): the argument of the tanh approximation of GELU
INLINE float gelu_inner(float x) { return 0.79788456f * (x + 0.044715f * x * x * x); }

INLINE float gelu(float x) {
  float cdf, density;
  gelu_parts(x, &cdf, &density);
  return x * cdf;
}

INLINE float gelu_slope(float x) {
  float cdf, density;
  gelu_parts(x, &cdf, &density);
  return cdf + x * density;
}

INLINE float gelu_tanh(float x) { return 0.5f * x * (1.0f + tanh1(gelu_inner(x))); }

INLINE float gelu_tanh_slope(float x) {
  float t = tanh1(gelu_inner(x));
  return 0.5f * (1.0f + t) + 0.5f * x * (1.0f - t * t) * 0.79788456f * (1.0f + 0.134145f * x * x);
}

INLINE float relu(float x) { return x > 0 ? x : 0; }
INLINE float relu_slope(float x) { return x > 0 ? 1 : 0; }

#define FORWARD(function)                                                       \
  for (long r = begin; r < end; r++) {                                          \
    float *xr = x + r * columns, *yr = y + r * columns;                         \
    for (long c = 0; c < columns; c++) yr[c] = function(xr[c] = xr[c] + bias[c]); \
  }

CLONES void ck_bias_activation(
    ck_activation kind, float *restrict x, const float *restrict bias, float *restrict y, long columns,
    long begin, long end) {
  switch (kind) {
    case CK_GELU: FORWARD(gelu) break;
    case CK_GELU_TANH: FORWARD(gelu_tanh) break;
    case CK_RELU: FORWARD(relu) break;
  }
}

#define BACKWARD(slope) \
  for (long i = begin; i < end; i++) dx[i] = dy[i] * slope(x[i]);

CLONES void ck_activation_backward(
    ck_activation kind, const float *x, const float *dy, float *dx, long begin, long end) {
  switch (kind) {
    case CK_GELU: BACKWARD(gelu_slope) break;
    case CK_GELU_TANH: BACKWARD(gelu_tanh_slope) break;
    case CK_RELU: BACKWARD(relu_slope) break;
  }
}

CLONES void ck_bias_tanh(float *x, const float *bias, long columns, long begin, long end) {
  for (long r = begin; r < end; r++)
    for (long c = 0; c < columns; c++) x[r * columns + c] = tanh1(x[r * columns + c] + bias[c]);
}

CLONES void ck_tanh_backward(const float *y, const float *dy, float *dx, long begin, long end) {
  for (long i = begin; i < end; i++) dx[i] = dy[i] * (1.0f - y[i] * y[i]);
}
