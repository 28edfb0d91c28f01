#include <math.h>

#include "operand.h"
#include "random.h"

// Scaled dot-product attention of one head of one sequence, by blocks of query rows. The head's columns
// are first packed into padded, contiguous panels; every product is then the same small kernel. Scores
// are never stored: the backward pass computes them again from the saved log-sum-exp of each row.

enum { QUERY_BLOCK = 48 };

// C[rows x 16 blocks] = or += A B, with A's elements at a[i * ar + l * ac]; rows and blocks are constants.
INLINE void tile(
    const int rows, const int blocks, long depth, const float *a, long ar, long ac, const float *b,
    long ldb, float *c, long ldc, int accumulate) {
  v16 sum[6][4];
  for (int i = 0; i < rows; i++)
    for (int j = 0; j < blocks; j++) sum[i][j] = accumulate ? *(v16 *)(c + i * ldc + 16 * j) : (v16){0};
  for (long l = 0; l < depth; l++) {
    const v16 *row = (const v16 *)(b + l * ldb);
    for (int i = 0; i < rows; i++)
      for (int j = 0; j < blocks; j++) sum[i][j] += a[i * ar + l * ac] * row[j];
  }
  for (int i = 0; i < rows; i++)
    for (int j = 0; j < blocks; j++) *(v16 *)(c + i * ldc + 16 * j) = sum[i][j];
}

INLINE void panel(
    const int blocks, long m, long depth, const float *a, long ar, long ac, const float *b, long ldb,
    float *c, long ldc, int accumulate) {
  long i = 0;
  for (; i + 6 <= m; i += 6)
    tile(6, blocks, depth, a + i * ar, ar, ac, b, ldb, c + i * ldc, ldc, accumulate);
  for (; i + 2 <= m; i += 2)
    tile(2, blocks, depth, a + i * ar, ar, ac, b, ldb, c + i * ldc, ldc, accumulate);
  for (; i < m; i++)
    tile(1, blocks, depth, a + i * ar, ar, ac, b, ldb, c + i * ldc, ldc, accumulate);
}

// C[m, n] = or += A[m, depth] B[depth, n]; n is a multiple of 16.
CLONES static void product(
    long m, long n, long depth, const float *a, long ar, long ac, const float *b, long ldb, float *c,
    long ldc, int accumulate) {
  long j = 0;
  for (; j + 64 <= n; j += 64) panel(4, m, depth, a, ar, ac, b + j, ldb, c + j, ldc, accumulate);
  for (; j + 32 <= n; j += 32) panel(2, m, depth, a, ar, ac, b + j, ldb, c + j, ldc, accumulate);
  for (; j < n; j += 16) panel(1, m, depth, a, ar, ac, b + j, ldb, c + j, ldc, accumulate);
}

CLONES static void pack(ck_operand x, long stride, long rows, long size, float factor, float *restrict out) {
  long width = padded(size);
  for (long r = 0; r < rows; r++) {
    float *row = out + r * width;
    load(x, r * stride, size, row);
    for (long c = 0; c < size; c++) row[c] *= factor;
    for (long c = size; c < width; c++) row[c] = 0;
  }
}

CLONES static void pack_transposed(ck_operand x, long stride, long rows, long size, float *restrict out) {
  long width = padded(rows);
  for (long r = 0; r < rows; r += 16)
    for (long c = 0; c < size; c += 16) {
      float block[16][16] = {0};
      long n = size - c < 16 ? size - c : 16;
      for (long i = 0; i < 16 && r + i < rows; i++) load(x, (r + i) * stride + c, n, block[i]);
      transpose16((v16 *)block);
      for (long i = 0; i < n; i++) *(v16 *)(out + (c + i) * width + r) = *(v16 *)block[i];
    }
}

// x is scaled in place on its way.
CLONES static void unpack(float *restrict x, long rows, long size, float factor, ck_operand out, long stride) {
  long width = padded(size);
  for (long r = 0; r < rows; r++) {
    float *row = x + r * width;
    for (long c = 0; c < size; c++) row[c] *= factor;
    store(out, r * stride, size, row);
  }
}

// p = exp(s - shift) over the row's keys, zero in the padding; returns the sum.
CLONES static float exponentials(float *s, long keys, float shift) {
  for (long j = 0; j < keys; j++) s[j] = exp1(s[j] - shift);
  for (long j = keys; j < padded(keys); j++) s[j] = 0;
  v16 sum = {0};
  for (long j = 0; j < padded(keys); j += 16) sum += *(v16 *)(s + j);
  return sum16(&sum);
}

CLONES static float row_maximum(const float *s, long keys) {
  v16 zero = {0}, tops = zero + s[0];
  long j = 0;
  for (; j + 16 <= keys; j += 16) tops = __builtin_elementwise_max(tops, *(const v16 *)(s + j));
  float top = max16(&tops);
  for (; j < keys; j++) top = s[j] > top ? s[j] : top;
  return top;
}

CLONES static void dropout_row(const ck_attention *a, long row, long keys, float *factors) {
  for (long j = 0; j < keys; j += 64) {
    float f[64];
    dropout_factors(
        &a->dropout, (uint32_t)(j / 64), a->first_row + (uint32_t)row, a->dropout.site | a->head << 16, f);
    long n = padded(keys) - j < 64 ? padded(keys) - j : 64;
    for (long i = 0; i < n; i++) factors[j + i] = f[i];
  }
}

CLONES static void multiply(float *restrict y, const float *restrict x, long n) {
  for (long j = 0; j < n; j++) y[j] *= x[j];
}

CLONES static float dot(const float *x, const float *y, long n) {
  v16 sum = {0};
  for (long j = 0; j < n; j += 16) sum += *(const v16 *)(x + j) * *(const v16 *)(y + j);
  return sum16(&sum);
}

// ds = p (dp - d), in place of dp
CLONES static void score_gradients(float *dp, const float *p, float d, long n) {
  for (long j = 0; j < n; j++) dp[j] = p[j] * (dp[j] - d);
}

long ck_attention_scratch(long keys, long size) {
  long width = padded(size), length = padded(keys);
  return 2 * width * length + 3 * keys * width + QUERY_BLOCK * (3 * width + 3 * length);
}

void ck_attention_forward(
    const ck_attention *a, ck_operand output, long output_stride, float *lse, long lse_stride,
    float *scratch) {
  long width = padded(a->size), length = padded(a->keys);
  float *key_t = scratch, *value = key_t + width * length, *query = value + a->keys * width;
  float *scores = query + QUERY_BLOCK * width, *factors = scores + QUERY_BLOCK * length;
  float *out = factors + QUERY_BLOCK * length;
  pack_transposed(a->key, a->key_stride, a->keys, a->size, key_t);
  pack(a->value, a->key_stride, a->keys, a->size, 1, value);

  for (long q0 = 0; q0 < a->queries; q0 += QUERY_BLOCK) {
    long rows = a->queries - q0 < QUERY_BLOCK ? a->queries - q0 : QUERY_BLOCK;
    pack(advanced(a->query, q0 * a->query_stride), a->query_stride, rows, a->size, a->scale, query);
    product(rows, length, a->size, query, width, 1, key_t, length, scores, length, 0);
    for (long i = 0; i < rows; i++) {
      float *s = scores + i * length;
      float top = row_maximum(s, a->keys);
      float sum = exponentials(s, a->keys, top);
      lse[(q0 + i) * lse_stride] = top + logf(sum);
      ck_scale(s, 1 / sum, 0, length);
      if (a->dropout.threshold) {
        dropout_row(a, q0 + i, a->keys, factors);
        multiply(s, factors, length);
      }
    }
    product(rows, width, a->keys, scores, length, 1, value, width, out, width, 0);
    unpack(out, rows, a->size, 1, advanced(output, q0 * output_stride), output_stride);
  }
}

void ck_attention_backward(
    const ck_attention *a, ck_operand output, const float *doutput, long output_stride, const float *lse,
    long lse_stride, ck_operand dquery, ck_operand dkey, ck_operand dvalue, float *scratch) {
  long width = padded(a->size), length = padded(a->keys);
  float *key_t = scratch, *value_t = key_t + width * length, *key = value_t + width * length;
  float *dk = key + a->keys * width, *dv = dk + a->keys * width, *query = dv + a->keys * width;
  float *dout = query + QUERY_BLOCK * width, *out = dout + QUERY_BLOCK * width;
  float *p = out + QUERY_BLOCK * width, *dp = p + QUERY_BLOCK * length, *factors = dp + QUERY_BLOCK * length;
  pack_transposed(a->key, a->key_stride, a->keys, a->size, key_t);
  pack_transposed(a->value, a->key_stride, a->keys, a->size, value_t);
  pack(a->key, a->key_stride, a->keys, a->size, 1, key);
  for (long i = 0; i < a->keys * width; i++) dk[i] = dv[i] = 0;

  for (long q0 = 0; q0 < a->queries; q0 += QUERY_BLOCK) {
    long rows = a->queries - q0 < QUERY_BLOCK ? a->queries - q0 : QUERY_BLOCK;
    pack(advanced(a->query, q0 * a->query_stride), a->query_stride, rows, a->size, a->scale, query);
    ck_operand gradient = {(float *)doutput + q0 * output_stride, 0};
    pack(gradient, output_stride, rows, a->size, 1, dout);
    pack(advanced(output, q0 * output_stride), output_stride, rows, a->size, 1, out);
    product(rows, length, a->size, query, width, 1, key_t, length, p, length, 0);
    for (long i = 0; i < rows; i++) {
      exponentials(p + i * length, a->keys, lse[(q0 + i) * lse_stride]);
      __builtin_memcpy(dp + i * length, p + i * length, length * sizeof(float));
      if (a->dropout.threshold) {
        dropout_row(a, q0 + i, a->keys, factors + i * length);
        multiply(dp + i * length, factors + i * length, length);
      }
    }
    // dp holds the probabilities after dropout until dV has been added.
    product(a->keys, width, rows, dp, 1, length, dout, width, dv, width, 1);
    product(rows, length, a->size, dout, width, 1, value_t, length, dp, length, 0);
    for (long i = 0; i < rows; i++) {
      if (a->dropout.threshold) multiply(dp + i * length, factors + i * length, length);
      float d = dot(dout + i * width, out + i * width, width);
      score_gradients(dp + i * length, p + i * length, d, length);
    }
    product(a->keys, width, rows, dp, 1, length, query, width, dk, width, 1);
    product(rows, width, a->keys, dp, length, 1, key, width, out, width, 0);
    unpack(out, rows, a->size, a->scale, advanced(dquery, q0 * a->query_stride), a->query_stride);
  }
  unpack(dk, a->keys, a->size, 1, dkey, a->key_stride);
  unpack(dv, a->keys, a->size, 1, dvalue, a->key_stride);
}
