#pragma once
#include "operand.h"

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

// Value and slope come from the same parts: where only one is wanted, the compiler drops the other.
INLINE void gelu(float x, float *value, float *slope) {
  float cdf, density;
  gelu_parts(x, &cdf, &density);
  *value = x * cdf;
  *slope = cdf + x * density;
}

// The argument of the tanh approximation is x sqrt(2/pi) (1 + 0.044715 x²).
INLINE void gelu_tanh(float x, float *value, float *slope) {
  float t = tanh1(0.79788456f * (x + 0.044715f * x * x * x));
  *value = 0.5f * x * (1.0f + t);
  *slope = 0.5f * (1.0f + t) + 0.5f * x * (1.0f - t * t) * 0.79788456f * (1.0f + 0.134145f * x * x);
}

INLINE void relu(float x, float *value, float *slope) {
  *value = x > 0 ? x : 0;
  *slope = x > 0 ? 1 : 0;
}

INLINE void silu(float x, float *value, float *slope) {
  float e = exp1(-__builtin_fabsf(x)), large = 1.0f / (1.0f + e);
  float sigmoid = x < 0 ? e * large : large;
  *value = x * sigmoid;
  *slope = sigmoid * (1.0f + x * (1.0f - sigmoid));
}

// What is kept is rounded first, so that the backward pass sees the very same activation.
#define FORWARD(function)                                                    \
  for (long r = begin; r < end; r++) {                                       \
    const float *xr = x + r * columns;                                       \
    ck_operand zr = advanced(z, r * columns), yr = advanced(y, r * columns); \
    IN_CHUNKS(columns, FORWARD_CHUNK_##function);                            \
  }
#define FORWARD_CHUNK(function, c, n)                            \
  do {                                                           \
    float in[CHUNK], out[CHUNK], slope;                          \
    for (long i = 0; i < (n); i++) in[i] = xr[c + i] + bias[c + i]; \
    store(zr, c, n, in);                                         \
    load(zr, c, n, in);                                          \
    for (long i = 0; i < (n); i++) function(in[i], out + i, &slope); \
    store(yr, c, n, out);                                        \
  } while (0)
#define FORWARD_CHUNK_gelu(c, n) FORWARD_CHUNK(gelu, c, n)
#define FORWARD_CHUNK_gelu_tanh(c, n) FORWARD_CHUNK(gelu_tanh, c, n)
#define FORWARD_CHUNK_relu(c, n) FORWARD_CHUNK(relu, c, n)
#define FORWARD_CHUNK_silu(c, n) FORWARD_CHUNK(silu, c, n)

static void bias_activation(
    ck_activation kind, const float *x, const float *bias, ck_operand z, ck_operand y, long columns,
    long begin, long end) {
  switch (kind) {
    case CK_GELU: FORWARD(gelu) break;
    case CK_GELU_TANH: FORWARD(gelu_tanh) break;
    case CK_RELU: FORWARD(relu) break;
    case CK_SILU: FORWARD(silu) break;
  }
}

#define ACTIVATION_CHUNK(function, c, n)                                \
  do {                                                                \
    float in[CHUNK], out[CHUNK], slopes[CHUNK];                       \
    load(zr, c, n, in);                                               \
    for (long i = 0; i < (n); i++) function(in[i], out + i, slopes + i); \
    for (long i = 0; i < (n); i++) slopes[i] *= dyr[c + i];           \
    store(yr, c, n, out);                                             \
    store(dxr, c, n, slopes);                                         \
  } while (0)
#define ACTIVATION_CHUNK_gelu(c, n) ACTIVATION_CHUNK(gelu, c, n)
#define ACTIVATION_CHUNK_gelu_tanh(c, n) ACTIVATION_CHUNK(gelu_tanh, c, n)
#define ACTIVATION_CHUNK_relu(c, n) ACTIVATION_CHUNK(relu, c, n)
#define ACTIVATION_CHUNK_silu(c, n) ACTIVATION_CHUNK(silu, c, n)

static void activation_backward(
    ck_activation kind, ck_operand z, const float *dy, ck_operand dx, ck_operand y, long begin, long end) {
  const float *dyr = dy + begin;
  ck_operand zr = advanced(z, begin), yr = advanced(y, begin), dxr = advanced(dx, begin);
  switch (kind) {
    case CK_GELU: IN_CHUNKS(end - begin, ACTIVATION_CHUNK_gelu); break;
    case CK_GELU_TANH: IN_CHUNKS(end - begin, ACTIVATION_CHUNK_gelu_tanh); break;
    case CK_RELU: IN_CHUNKS(end - begin, ACTIVATION_CHUNK_relu); break;
    case CK_SILU: IN_CHUNKS(end - begin, ACTIVATION_CHUNK_silu); break;
  }
}

#define GATED_CHUNK(function, c, n)                                            \
  do {                                                                       \
    float g[CHUNK], u[CHUNK], out[CHUNK], slope;                             \
    load(gate, begin + c, n, g);                                             \
    load(up, begin + c, n, u);                                               \
    for (long i = 0; i < (n); i++) function(g[i], out + i, &slope);          \
    for (long i = 0; i < (n); i++) out[i] *= u[i];                           \
    store(y, begin + c, n, out);                                             \
  } while (0)
#define GATED_CHUNK_gelu(c, n) GATED_CHUNK(gelu, c, n)
#define GATED_CHUNK_gelu_tanh(c, n) GATED_CHUNK(gelu_tanh, c, n)
#define GATED_CHUNK_relu(c, n) GATED_CHUNK(relu, c, n)
#define GATED_CHUNK_silu(c, n) GATED_CHUNK(silu, c, n)

static void gated_activation(
    ck_activation kind, ck_operand gate, ck_operand up, ck_operand y, long begin, long end) {
  switch (kind) {
    case CK_GELU: IN_CHUNKS(end - begin, GATED_CHUNK_gelu); break;
    case CK_GELU_TANH: IN_CHUNKS(end - begin, GATED_CHUNK_gelu_tanh); break;
    case CK_RELU: IN_CHUNKS(end - begin, GATED_CHUNK_relu); break;
    case CK_SILU: IN_CHUNKS(end - begin, GATED_CHUNK_silu); break;
  }
}

#define GATED_BACKWARD_CHUNK(function, c, n)                                  \
  do {                                                                       \
    float g[CHUNK], u[CHUNK], out[CHUNK], slopes[CHUNK], d[CHUNK];           \
    load(gate, begin + c, n, g);                                             \
    load(up, begin + c, n, u);                                               \
    for (long i = 0; i < (n); i++) d[i] = dy[begin + c + i];                 \
    for (long i = 0; i < (n); i++) function(g[i], out + i, slopes + i);      \
    for (long i = 0; i < (n); i++) slopes[i] *= u[i] * d[i];                 \
    for (long i = 0; i < (n); i++) d[i] *= out[i];                           \
    for (long i = 0; i < (n); i++) out[i] *= u[i];                           \
    store(dgate, begin + c, n, slopes);                                      \
    store(dup, begin + c, n, d);                                             \
    store(y, begin + c, n, out);                                             \
  } while (0)
#define GATED_BACKWARD_CHUNK_gelu(c, n) GATED_BACKWARD_CHUNK(gelu, c, n)
#define GATED_BACKWARD_CHUNK_gelu_tanh(c, n) GATED_BACKWARD_CHUNK(gelu_tanh, c, n)
#define GATED_BACKWARD_CHUNK_relu(c, n) GATED_BACKWARD_CHUNK(relu, c, n)
#define GATED_BACKWARD_CHUNK_silu(c, n) GATED_BACKWARD_CHUNK(silu, c, n)

static void gated_activation_backward(
    ck_activation kind, ck_operand gate, ck_operand up, const float *dy, ck_operand dgate, ck_operand dup,
    ck_operand y, long begin, long end) {
  switch (kind) {
    case CK_GELU: IN_CHUNKS(end - begin, GATED_BACKWARD_CHUNK_gelu); break;
    case CK_GELU_TANH: IN_CHUNKS(end - begin, GATED_BACKWARD_CHUNK_gelu_tanh); break;
    case CK_RELU: IN_CHUNKS(end - begin, GATED_BACKWARD_CHUNK_relu); break;
    case CK_SILU: IN_CHUNKS(end - begin, GATED_BACKWARD_CHUNK_silu); break;
  }
}

static void bias_tanh(float *x, const float *bias, long columns, long begin, long end) {
  for (long r = begin; r < end; r++)
    for (long c = 0; c < columns; c++) x[r * columns + c] = tanh1(x[r * columns + c] + bias[c]);
}

static void tanh_backward(const float *y, const float *dy, float *dx, long begin, long end) {
  for (long i = begin; i < end; i++) dx[i] = dy[i] * (1.0f - y[i] * y[i]);
}
