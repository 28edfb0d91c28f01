#pragma once
#include "operand.h"

static void to_bfloat16(const float *x, uint16_t *y, long begin, long end) {
  for (long i = begin; i < end; i++) y[i] = round_bfloat16(x[i]);
}

static void from_bfloat16(const uint16_t *x, float *y, long begin, long end) {
  uint32_t *bits = (uint32_t *)y;
  for (long i = begin; i < end; i++) bits[i] = (uint32_t)x[i] << 16;
}

static void add(float *y, const float *x, long begin, long end) {
  for (long i = begin; i < end; i++) y[i] += x[i];
}

static void scale(float *y, float factor, long begin, long end) {
  for (long i = begin; i < end; i++) y[i] *= factor;
}

static void add_bias(
    const float *x, const float *bias, ck_operand y, long columns, long begin, long end) {
  for (long r = begin; r < end; r++) {
    const float *xr = x + r * columns;
    ck_operand yr = advanced(y, r * columns);
#define BIAS_CHUNK(c, n)                                             \
  do {                                                              \
    float sum[CHUNK];                                               \
    for (long i = 0; i < (n); i++) sum[i] = xr[c + i] + bias[c + i]; \
    store(yr, c, n, sum);                                           \
  } while (0)
    IN_CHUNKS(columns, BIAS_CHUNK);
  }
}

static void column_sums(ck_operand x, long rows, long stride, float *out, long begin, long end) {
  for (long first = 0; first < rows; first += ROW_BLOCK) {
    long after = first + ROW_BLOCK < rows ? first + ROW_BLOCK : rows;
#define SUM_CHUNK(c, n)                                             \
  do {                                                              \
    float sum[CHUNK], in[CHUNK];                                    \
    for (long i = 0; i < (n); i++) sum[i] = out[begin + c + i];     \
    for (long r = first; r < after; r++) {                          \
      load(x, r * stride + begin + c, n, in);                       \
      for (long i = 0; i < (n); i++) sum[i] += in[i];               \
    }                                                               \
    for (long i = 0; i < (n); i++) out[begin + c + i] = sum[i];     \
  } while (0)
    IN_CHUNKS(end - begin, SUM_CHUNK);
  }
}

static double sum_of_squares(ck_operand x, long begin, long end) {
  double sums[16] = {0};
#define SQUARES_CHUNK(c, n)                                                        \
  do {                                                                             \
    float part[CHUNK] = {0};                                                       \
    load(x, begin + c, n, part);                                                   \
    for (long i = 0; i < CHUNK; i += 16)                                           \
      for (int k = 0; k < 16; k++) sums[k] += (double)part[i + k] * part[i + k];   \
  } while (0)
  IN_CHUNKS(end - begin, SQUARES_CHUNK);
  double total = 0;
  for (int k = 0; k < 16; k++) total += sums[k];
  return total;
}

static void gather_rows(
    const float *x, long stride, const int32_t *indices, float *y, long columns, long begin, long end) {
  for (long r = begin; r < end; r++)
    __builtin_memcpy(y + r * columns, x + indices[r] * stride, columns * sizeof(float));
}

static void add_squares(float *y, const float *x, long begin, long end) {
  for (long i = begin; i < end; i++) y[i] += x[i] * x[i];
}

static void axpy(float a, const float *x, float *y, long count) {
  for (long i = 0; i < count; i++) y[i] += a * x[i];
}
