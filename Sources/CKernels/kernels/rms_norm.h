// Normalisation by the root of the mean square (Zhang and Sennrich, 2019).
#pragma once
#include "normalization.h"

static void rms_norm(
    const float *x, const float *gamma, float epsilon, ck_operand normalized, float *inverse, ck_operand y,
    long columns, long begin, long end) {
  for (long r = begin; r < end; r++) {
    const float *row = x + r * columns;
    float inv = 1.0f / __builtin_sqrtf(row_squares(row, 0, columns) / columns + epsilon);
    inverse[r] = inv;
#define RMS_CHUNK(c, n)                                                  \
  do {                                                                   \
    float z[CHUNK];                                                      \
    for (long i = 0; i < (n); i++) z[i] = row[c + i] * inv;              \
    store(normalized, r * columns + c, n, z);                            \
    for (long i = 0; i < (n); i++) z[i] *= gamma[c + i];                 \
    store(y, r * columns + c, n, z);                                     \
  } while (0)
    IN_CHUNKS(columns, RMS_CHUNK);
  }
}

static void rms_norm_backward(
    const float *dy, ck_operand normalized, const float *inverse, const float *gamma, float *dx, long columns,
    long begin, long end) {
  for (long r = begin; r < end; r++) {
    const float *g = dy + r * columns;
    float *out = dx + r * columns, mean, projection;
    row_dots(g, gamma, normalized, r * columns, columns, &mean, &projection);
    projection /= columns;
#define RMS_BACKWARD_CHUNK(c, n)                                                        \
  do {                                                                                  \
    float z[CHUNK];                                                                     \
    load(normalized, r * columns + c, n, z);                                            \
    for (long i = 0; i < (n); i++)                                                      \
      out[c + i] += inverse[r] * (g[c + i] * gamma[c + i] - z[i] * projection);         \
  } while (0)
    IN_CHUNKS(columns, RMS_BACKWARD_CHUNK);
  }
}

static void rms_norm_gradients(
    const float *dy, ck_operand normalized, long rows, long columns, float *dgamma, long begin, long end) {
  for (long first = 0; first < rows; first += ROW_BLOCK) {
    long after = first + ROW_BLOCK < rows ? first + ROW_BLOCK : rows;
#define RMS_GRADIENTS_CHUNK(c, n)                                                       \
  do {                                                                                  \
    float sum[CHUNK], z[CHUNK];                                                         \
    for (long i = 0; i < (n); i++) sum[i] = dgamma[begin + c + i];                      \
    for (long r = first; r < after; r++) {                                              \
      load(normalized, r * columns + begin + c, n, z);                                  \
      for (long i = 0; i < (n); i++) sum[i] += z[i] * dy[r * columns + begin + c + i];  \
    }                                                                                   \
    for (long i = 0; i < (n); i++) dgamma[begin + c + i] = sum[i];                      \
  } while (0)
    IN_CHUNKS(end - begin, RMS_GRADIENTS_CHUNK);
  }
}
