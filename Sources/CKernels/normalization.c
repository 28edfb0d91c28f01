#include "operand.h"
#include "random.h"

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

INLINE void row_dots(const float *dy, const float *gain, const float *x, long n, float *plain, float *with_x) {
  v16 a = {0}, b = {0};
  long i = 0;
  for (; i + 16 <= n; i += 16) {
    v16 g = *(const v16 *)(dy + i) * *(const v16 *)(gain + i);
    a += g;
    b += g * *(const v16 *)(x + i);
  }
  *plain = sum16(&a);
  *with_x = sum16(&b);
  for (; i < n; i++) {
    *plain += dy[i] * gain[i];
    *with_x += dy[i] * gain[i] * x[i];
  }
}

INLINE void normalize_row(
    const float *x, const float *gain, const float *bias, float epsilon, float *normalized,
    float *inverse, float *y, uint16_t *rounded, long n) {
  float mean = row_sum(x, n) / n;
  float inv = 1.0f / __builtin_elementwise_sqrt(row_squares(x, mean, n) / n + epsilon);
  *inverse = inv;
  for (long c = 0; c < n; c++) {
    float z = (x[c] - mean) * inv;
    normalized[c] = z;
    y[c] = z * gain[c] + bias[c];
  }
  if (rounded)
    for (long c = 0; c < n; c++) rounded[c] = round_bfloat16(y[c]);
}

CLONES void ck_layer_norm(
    const float *x, const float *gain, const float *bias, float epsilon, float *normalized,
    float *inverse, float *y, uint16_t *rounded, long columns, long begin, long end) {
  for (long r = begin; r < end; r++)
    normalize_row(
        x + r * columns, gain, bias, epsilon, normalized + r * columns, inverse + r, y + r * columns,
        rounded ? rounded + r * columns : 0, columns);
}

CLONES void ck_residual_layer_norm(
    const float *x, const float *xbias, const float *residual, const ck_dropout *dropout,
    const float *gain, const float *bias, float epsilon, float *normalized, float *inverse, float *y,
    uint16_t *rounded, long columns, long begin, long end) {
  for (long r = begin; r < end; r++) {
    const float *xr = x + r * columns, *res = residual + r * columns;
    float *sum = normalized + r * columns;  // the row's place holds the sum until it is normalised
    if (dropout->threshold == 0) {
      for (long c = 0; c < columns; c++) sum[c] = xr[c] + xbias[c] + res[c];
    } else {
      for (long c0 = 0; c0 < columns; c0 += 64) {
        float factors[64];
        dropout_factors(dropout, (uint32_t)(c0 / 64), (uint32_t)r, dropout->site, factors);
        long n = columns - c0 < 64 ? columns - c0 : 64;
        for (long c = c0; c < c0 + n; c++) sum[c] = (xr[c] + xbias[c]) * factors[c - c0] + res[c];
      }
    }
    normalize_row(
        sum, gain, bias, epsilon, sum, inverse + r, y + r * columns,
        rounded ? rounded + r * columns : 0, columns);
  }
}

CLONES void ck_layer_norm_backward(
    const float *dy, const float *normalized, const float *inverse, const float *gain, float *dx,
    const ck_dropout *dropout, ck_operand dropped, long columns, long begin, long end) {
  for (long r = begin; r < end; r++) {
    const float *g = dy + r * columns, *z = normalized + r * columns;
    float *out = dx + r * columns, mean, projection;
    row_dots(g, gain, z, columns, &mean, &projection);
    mean /= columns;
    projection /= columns;
    for (long c = 0; c < columns; c += CHUNK) {
      float result[CHUNK], factors[CHUNK];
      long n = columns - c < CHUNK ? columns - c : CHUNK;
      for (long i = 0; i < n; i++)
        result[i] = inverse[r] * (g[c + i] * gain[c + i] - mean - z[c + i] * projection);
      for (long i = 0; i < n; i++) out[c + i] = result[i];
      if (!dropped.f32 && !dropped.bf16) continue;
      if (dropout->threshold) {
        dropout_factors(dropout, (uint32_t)(c / CHUNK), (uint32_t)r, dropout->site, factors);
        for (long i = 0; i < n; i++) result[i] *= factors[i];
      }
      store(dropped, r * columns + c, n, result);
    }
  }
}

CLONES void ck_layer_norm_gradients(
    const float *dy, const float *normalized, long rows, long columns, float *dgain, float *dbias,
    long begin, long end) {
  for (long r = 0; r < rows; r++)
    for (long c = begin; c < end; c++) {
      dgain[c] += dy[r * columns + c] * normalized[r * columns + c];
      dbias[c] += dy[r * columns + c];
    }
}
