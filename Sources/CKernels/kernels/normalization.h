#pragma once
#include "operand.h"
#include "dropout.h"

// Sums of a row in sixteen lanes: the order of additions is fixed, and it is fast without reassociation.
INLINE float row_sum(const float *x, long n) {
  v16 s = {0};
  long i = 0;
  for (; i + 16 <= n; i += 16) s += *(const v16 *)(x + i);
  float total = sum16(&s);
  for (; i < n; i++) total += x[i];
  return total;
}

INLINE float row_squares(const float *x, float mean, long n) {
  v16 s = {0};
  long i = 0;
  for (; i + 16 <= n; i += 16) {
    v16 d = *(const v16 *)(x + i) - mean;
    s += d * d;
  }
  float total = sum16(&s);
  for (; i < n; i++) total += (x[i] - mean) * (x[i] - mean);
  return total;
}

INLINE void row_dots(
    const float *dy, const float *gamma, ck_operand normalized, long start, long columns, float *plain,
    float *with_z) {
  v16 a = {0}, b = {0};
#define DOTS_CHUNK(c, n)                                                    \
  do {                                                                      \
    float z[CHUNK], product[CHUNK] = {0}, with[CHUNK] = {0};                \
    load(normalized, start + c, n, z);                                      \
    for (long i = 0; i < (n); i++) product[i] = dy[c + i] * gamma[c + i];    \
    for (long i = 0; i < (n); i++) with[i] = product[i] * z[i];             \
    for (long i = 0; i < CHUNK; i += 16) {                                  \
      a += *(v16 *)(product + i);                                           \
      b += *(v16 *)(with + i);                                              \
    }                                                                       \
  } while (0)
  IN_CHUNKS(columns, DOTS_CHUNK);
  *plain = sum16(&a);
  *with_z = sum16(&b);
}

// x may be y.
INLINE void normalize_row(
    const float *x, const float *gamma, const float *bias, float epsilon, ck_operand normalized,
    long start, float *inverse, float *y, uint16_t *rounded, long columns) {
  float mean = row_sum(x, columns) / columns;
  float inv = 1.0f / __builtin_elementwise_sqrt(row_squares(x, mean, columns) / columns + epsilon);
  *inverse = inv;
#define NORMALIZE_CHUNK(c, n)                                               \
  do {                                                                      \
    float z[CHUNK], out[CHUNK];                                             \
    for (long i = 0; i < (n); i++) z[i] = (x[c + i] - mean) * inv;          \
    store(normalized, start + c, n, z);                                     \
    for (long i = 0; i < (n); i++) out[i] = z[i] * gamma[c + i] + bias[c + i]; \
    for (long i = 0; i < (n); i++) y[c + i] = out[i];                       \
    if (rounded)                                                            \
      for (long i = 0; i < (n); i++) rounded[c + i] = round_bfloat16(out[i]); \
  } while (0)
  IN_CHUNKS(columns, NORMALIZE_CHUNK);
}

static void layer_norm(
    const float *x, const float *gamma, const float *bias, float epsilon, ck_operand normalized,
    float *inverse, float *y, uint16_t *rounded, long columns, long begin, long end) {
  for (long r = begin; r < end; r++)
    normalize_row(
        x + r * columns, gamma, bias, epsilon, normalized, r * columns, inverse + r, y + r * columns,
        rounded ? rounded + r * columns : 0, columns);
}

static void residual_layer_norm(
    const float *x, const float *xbias, const float *residual, const ck_dropout *dropout,
    const float *gamma, const float *bias, float epsilon, ck_operand normalized, float *inverse, float *y,
    uint16_t *rounded, long columns, long begin, long end) {
  for (long r = begin; r < end; r++) {
    const float *xr = x + r * columns, *res = residual + r * columns;
    float *sum = y + r * columns;  // the row's place holds the sum until it is normalised
#define RESIDUAL_CHUNK(c, n)                                                          \
  do {                                                                                \
    float part[CHUNK], factors[CHUNK];                                                \
    for (long i = 0; i < (n); i++) part[i] = xr[c + i] + xbias[c + i];                \
    if (dropout->threshold) {                                                         \
      dropout_factors(dropout, (uint32_t)(c / CHUNK), (uint32_t)r, dropout->site, factors); \
      for (long i = 0; i < (n); i++) part[i] *= factors[i];                           \
    }                                                                                 \
    for (long i = 0; i < (n); i++) part[i] += res[c + i];                             \
    for (long i = 0; i < (n); i++) sum[c + i] = part[i];                              \
  } while (0)
    IN_CHUNKS(columns, RESIDUAL_CHUNK);
    normalize_row(
        sum, gamma, bias, epsilon, normalized, r * columns, inverse + r, sum,
        rounded ? rounded + r * columns : 0, columns);
  }
}

static void layer_norm_backward(
    const float *dy, ck_operand normalized, const float *inverse, const float *gamma, float *dx,
    const ck_dropout *dropout, ck_operand dropped, long columns, long begin, long end) {
  for (long r = begin; r < end; r++) {
    const float *g = dy + r * columns;
    float *out = dx + r * columns, mean, projection;
    row_dots(g, gamma, normalized, r * columns, columns, &mean, &projection);
    mean /= columns;
    projection /= columns;
#define BACKWARD_CHUNK(c, n)                                                                \
  do {                                                                                      \
    float result[CHUNK], z[CHUNK], factors[CHUNK];                                          \
    load(normalized, r * columns + c, n, z);                                                \
    for (long i = 0; i < (n); i++)                                                          \
      result[i] = inverse[r] * (g[c + i] * gamma[c + i] - mean - z[i] * projection);         \
    for (long i = 0; i < (n); i++) out[c + i] = result[i];                                  \
    if (!dropped.f32 && !dropped.bf16) break;                                               \
    if (dropout->threshold) {                                                               \
      dropout_factors(dropout, (uint32_t)(c / CHUNK), (uint32_t)r, dropout->site, factors); \
      for (long i = 0; i < (n); i++) result[i] *= factors[i];                               \
    }                                                                                       \
    store(dropped, r * columns + c, n, result);                                             \
  } while (0)
    IN_CHUNKS(columns, BACKWARD_CHUNK);
  }
}

static void layer_norm_gradients(
    const float *dy, ck_operand normalized, long rows, long columns, float *dgamma, float *dbias,
    long begin, long end) {
  for (long first = 0; first < rows; first += ROW_BLOCK) {
    long after = first + ROW_BLOCK < rows ? first + ROW_BLOCK : rows;
#define GRADIENTS_CHUNK(c, n)                                                \
  do {                                                                       \
    float gamma[CHUNK], bias[CHUNK], z[CHUNK];                                \
    for (long i = 0; i < (n); i++) gamma[i] = dgamma[begin + c + i];           \
    for (long i = 0; i < (n); i++) bias[i] = dbias[begin + c + i];           \
    for (long r = first; r < after; r++) {                                   \
      const float *g = dy + r * columns + begin + c;                         \
      load(normalized, r * columns + begin + c, n, z);                       \
      for (long i = 0; i < (n); i++) gamma[i] += z[i] * g[i];                 \
      for (long i = 0; i < (n); i++) bias[i] += g[i];                        \
    }                                                                        \
    for (long i = 0; i < (n); i++) dgamma[begin + c + i] = gamma[i];           \
    for (long i = 0; i < (n); i++) dbias[begin + c + i] = bias[i];           \
  } while (0)
    IN_CHUNKS(end - begin, GRADIENTS_CHUNK);
  }
}
