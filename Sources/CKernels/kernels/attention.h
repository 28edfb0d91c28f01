// Scaled dot-product attention of the heads of one sequence that share a key head, by blocks of query rows. Operands are packed
// into panels first; every product is then the same small kernel. Scores are never stored: the backward
// pass computes them again from the saved log-sum-exp of each row.
//
// A panel's words are floats, or pairs of bfloat16 where the processor multiplies such pairs: two steps of
// a product's depth at once. Everything between the products is float32.
#pragma once
#include "dropout.h"
#include "elementwise.h"

enum { QUERY_BLOCK = 48 };

#define PRODUCT(part) part##_of_floats
#define WORD float
#define ADD_STEP(sum, a, row) ((sum) + (a) * *(const v16 *)(row))
#include "attention_product.h"

#if MULTIPLIES_PAIRS
typedef __bf16 pairs16 __attribute__((vector_size(64), aligned(4)));
#define PRODUCT(part) part##_of_pairs
#define WORD uint32_t
#define ADD_STEP(sum, a, row) \
  __builtin_ia32_dpbf16ps_512(sum, (pairs16)((u16x){0} + (a)), *(const pairs16 *)(row))
#include "attention_product.h"
#else
#define product_of_pairs product_of_floats
#endif

// Words are pairs if operands are bfloat16 and rows begin at whole words.
static int multiplies_pairs(const ck_attention *a) {
  uintptr_t places = (uintptr_t)a->query.bf16 | (uintptr_t)a->key.bf16 | (uintptr_t)a->value.bf16;
  return MULTIPLIES_PAIRS && a->query.bf16 && a->key.bf16 && a->value.bf16 &&
      (a->size | a->query_stride | a->key_stride) % 2 == 0 && places % 4 == 0;
}

static void product(
    int pairs, long m, long n, long depth, const void *a, long ar, long ac, const void *b, long ldb, float *c,
    long ldc, int accumulate) {
  if (pairs)
    product_of_pairs(m, n, (depth + 1) / 2, a, ar, ac, b, ldb, c, ldc, accumulate);
  else
    product_of_floats(m, n, depth, a, ar, ac, b, ldb, c, ldc, accumulate);
}

static void pack(ck_operand x, long stride, long rows, long size, float *restrict out) {
  long width = padded(size);
  for (long r = 0; r < rows; r++) {
    load(x, r * stride, size, out + r * width);
    for (long c = size; c < width; c++) out[r * width + c] = 0;
  }
}

static void round_rows(const float *x, long stride, long rows, long size, uint16_t *restrict out) {
  for (long r = 0; r < rows; r++)
    for (long c = 0; c < size; c++) out[r * padded(size) + c] = round_bfloat16(x[r * stride + c]);
}

// out[r] = rows 2r and 2r + 1 of x, column by column; the row after the last is zero.
static void interleave(ck_operand x, long stride, long rows, long size, uint32_t *restrict out) {
  for (long r = 0; r < rows; r += 2, out += padded(size)) {
    int whole = r + 1 < rows;
    if (x.f32) {
      const float *low = x.f32 + r * stride, *high = low + (whole ? stride : 0);
      for (long c = 0; c < size; c++)
        out[c] = round_bfloat16(low[c]) | (uint32_t)round_bfloat16(high[c]) << 16;
    } else {
      const uint16_t *low = x.bf16 + r * stride, *high = low + (whole ? stride : 0);
      for (long c = 0; c < size; c++) out[c] = low[c] | (uint32_t)high[c] << 16;
    }
    if (!whole)
      for (long c = 0; c < size; c++) out[c] &= 0xFFFFu;
    for (long c = size; c < padded(size); c++) out[c] = 0;
  }
}

// A panel in `room`, or where the operand is.
typedef struct {
  const void *words;
  long stride;
} panel;

// For a product that sums over the columns: a row's words are one after another.
static panel along(int pairs, ck_operand x, long stride, long rows, long size, void *room) {
  if (pairs && x.bf16) return (panel){x.bf16, stride / 2};
  if (!pairs && x.f32) return (panel){x.f32, stride};
  if (pairs)
    round_rows(x.f32, stride, rows, size, room);
  else
    pack(x, stride, rows, size, room);
  return (panel){room, pairs ? padded(size) / 2 : padded(size)};
}

// For a product that sums over the rows: a row of words for each, or for two of them.
static panel across(int pairs, ck_operand x, long stride, long rows, long size, void *room) {
  if (!pairs && x.f32 && stride == size && size == padded(size)) return (panel){x.f32, stride};
  if (pairs)
    interleave(x, stride, rows, size, room);
  else
    pack(x, stride, rows, size, room);
  return (panel){room, padded(size)};
}

// The same for scores, whose rows are padded already.
static panel scores_across(
    int pairs, float *scores, long stride, long rows, long columns, void *room) {
  if (!pairs) return (panel){scores, stride};
  interleave((ck_operand){scores, 0}, stride, rows, columns, room);
  return (panel){room, padded(columns)};
}

// For a product that sums over the columns, as its right side: a row of words for each column, or for two.
static void pack_transposed(
    int pairs, ck_operand x, long stride, long rows, long size, float *restrict out) {
  long width = padded(rows), words = pairs ? size / 2 : size;
  for (long r = 0; r < rows; r += 16)
    for (long c = 0; c < words; c += 16) {
      float block[16][16] = {0};
      long n = words - c < 16 ? words - c : 16;
      for (long i = 0; i < 16 && r + i < rows; i++)
        if (pairs)
          __builtin_memcpy(block[i], (const uint32_t *)(x.bf16 + (r + i) * stride) + c, n * 4);
        else
          load(x, (r + i) * stride + c, n, block[i]);
      transpose16((v16 *)block);
      for (long i = 0; i < n; i++) *(v16 *)(out + (c + i) * width + r) = *(v16 *)block[i];
    }
}

// x is scaled in place on its way.
static void unpack(float *restrict x, long rows, long size, float factor, ck_operand out, long stride) {
  long width = padded(size);
  for (long r = 0; r < rows; r++) {
    float *row = x + r * width;
    for (long c = 0; c < size; c++) row[c] *= factor;
    store(out, r * stride, size, row);
  }
}

// The keys that a query sees.
typedef struct {
  long begin, end;
} key_range;

static key_range seen_by(const ck_attention *a, long query) {
  if (!a->positions) return (key_range){0, a->keys};
  long end = a->positions[query] + 1;
  return (key_range){end > a->window ? end - a->window : 0, end};
}

// How many keys a block of queries sees, padded: what comes after them is not computed.
static long seen_by_block(const ck_attention *a, long first, long rows) {
  return seen_by(a, first + rows - 1).end;
}

// p = exp(scale * s - shift) over the keys that are seen, zero for the others and in the padding, `length` in all;
// returns the sum.
static float exponentials(float *s, key_range seen, long length, float scale, float shift) {
  for (long j = 0; j < seen.begin; j++) s[j] = 0;
  for (long j = seen.begin; j < seen.end; j++) s[j] = exp1(scale * s[j] - shift);
  for (long j = seen.end; j < length; j++) s[j] = 0;
  v16 sum = {0};
  for (long j = 0; j < length; j += 16) sum += *(v16 *)(s + j);
  return sum16(&sum);
}

static float row_maximum(const float *s, long keys) {
  v16 zero = {0}, tops = zero + s[0];
  long j = 0;
  for (; j + 16 <= keys; j += 16) tops = __builtin_elementwise_max(tops, *(const v16 *)(s + j));
  float top = max16(&tops);
  for (; j < keys; j++) top = s[j] > top ? s[j] : top;
  return top;
}

static void dropout_row(const ck_attention *a, long head, long row, long keys, float *factors) {
  for (long j = 0; j < keys; j += 64) {
    float f[64];
    dropout_factors(
        &a->dropout, (uint32_t)(j / 64), a->first_row + (uint32_t)row,
        a->dropout.site | (a->head + (uint32_t)head) << 16, f);
    long n = padded(keys) - j < 64 ? padded(keys) - j : 64;
    for (long i = 0; i < n; i++) factors[j + i] = f[i];
  }
}

static void multiply(float *restrict y, const float *restrict x, long n) {
  for (long j = 0; j < n; j++) y[j] *= x[j];
}

// ds = p (dp - sum of p dp), in place of dp: a row's gradients add up to nothing.
static void score_gradients(float *restrict dp, const float *restrict p, long n) {
  v16 sums = {0};
  for (long j = 0; j < n; j += 16) sums += *(const v16 *)(p + j) * *(const v16 *)(dp + j);
  float mean = sum16(&sums);
  for (long j = 0; j < n; j++) dp[j] = p[j] * (dp[j] - mean);
}

static long attention_scratch(long keys, long size) {
  long width = padded(size), length = padded(keys);
  return 2 * width * length + 3 * keys * width + QUERY_BLOCK * (5 * width + 4 * length);
}

// The queries of a block of rows and a head of the group: where they begin in the matrix of all.
static long query_start(const ck_attention *a, long head, long row) {
  return row * a->query_stride + head * a->size;
}

static void attention_forward(
    const ck_attention *a, ck_operand output, long output_stride, float *lse, long lse_stride,
    float *scratch) {
  const int pairs = multiplies_pairs(a);
  long width = padded(a->size), length = padded(a->keys), size = a->size, keys = a->keys;
  float *key_t = scratch, *value_room = key_t + width * length, *query_room = value_room + keys * width;
  float *scores = query_room + QUERY_BLOCK * width, *score_room = scores + QUERY_BLOCK * length;
  float *out = score_room + QUERY_BLOCK * length, *factors = out + QUERY_BLOCK * width;
  pack_transposed(pairs, a->key, a->key_stride, keys, size, key_t);
  panel value = across(pairs, a->value, a->key_stride, keys, size, value_room);

  for (long head = 0; head < a->group; head++)
    for (long q0 = 0; q0 < a->queries; q0 += QUERY_BLOCK) {
      long rows = a->queries - q0 < QUERY_BLOCK ? a->queries - q0 : QUERY_BLOCK;
      long seen = seen_by_block(a, q0, rows), wide = padded(seen);
      panel query = along(
          pairs, advanced(a->query, query_start(a, head, q0)), a->query_stride, rows, size, query_room);
      product(pairs, rows, wide, size, query.words, query.stride, 1, key_t, length, scores, length, 0);
      for (long i = 0; i < rows; i++) {
        float *s = scores + i * length;
        key_range keys_seen = seen_by(a, q0 + i);
        float top = a->scale * row_maximum(s + keys_seen.begin, keys_seen.end - keys_seen.begin);
        float sum = exponentials(s, keys_seen, wide, a->scale, top);
        lse[(q0 + i) * lse_stride + head] = top + __builtin_logf(sum);
        scale(s, 1 / sum, 0, wide);
        if (a->dropout.threshold) {
          dropout_row(a, head, q0 + i, seen, factors);
          multiply(s, factors, wide);
        }
      }
      panel kept = along(pairs, (ck_operand){scores, 0}, length, rows, wide, score_room);
      product(pairs, rows, width, seen, kept.words, kept.stride, 1, value.words, value.stride, out, width, 0);
      unpack(out, rows, size, 1, advanced(output, q0 * output_stride + head * size), output_stride);
    }
}

static void attention_backward(
    const ck_attention *a, const float *doutput, long output_stride, const float *lse, long lse_stride,
    ck_operand dquery, ck_operand dkey, ck_operand dvalue, float *scratch) {
  const int pairs = multiplies_pairs(a);
  long width = padded(a->size), length = padded(a->keys), size = a->size, keys = a->keys;
  float *key_t = scratch, *value_t = key_t + width * length, *key_room = value_t + width * length;
  float *dk = key_room + keys * width, *dv = dk + keys * width, *query_room = dv + keys * width;
  float *query_rows_room = query_room + QUERY_BLOCK * width;
  float *dout_room = query_rows_room + QUERY_BLOCK * width;
  float *dout_rows_room = dout_room + QUERY_BLOCK * width, *out = dout_rows_room + QUERY_BLOCK * width;
  float *p = out + QUERY_BLOCK * width, *dp = p + QUERY_BLOCK * length;
  float *factors = dp + QUERY_BLOCK * length, *score_room = factors + QUERY_BLOCK * length;
  pack_transposed(pairs, a->key, a->key_stride, keys, size, key_t);
  pack_transposed(pairs, a->value, a->key_stride, keys, size, value_t);
  panel key = across(pairs, a->key, a->key_stride, keys, size, key_room);
  for (long i = 0; i < keys * width; i++) dk[i] = dv[i] = 0;

  for (long head = 0; head < a->group; head++)
    for (long q0 = 0; q0 < a->queries; q0 += QUERY_BLOCK) {
      long rows = a->queries - q0 < QUERY_BLOCK ? a->queries - q0 : QUERY_BLOCK;
      long seen = seen_by_block(a, q0, rows), wide = padded(seen);
      ck_operand asking = advanced(a->query, query_start(a, head, q0));
      panel query = along(pairs, asking, a->query_stride, rows, size, query_room);
      panel query_rows = across(pairs, asking, a->query_stride, rows, size, query_rows_room);
      ck_operand gradient = {(float *)doutput + q0 * output_stride + head * size, 0};
      panel dout = along(pairs, gradient, output_stride, rows, size, dout_room);
      panel dout_rows = across(pairs, gradient, output_stride, rows, size, dout_rows_room);
      product(pairs, rows, wide, size, query.words, query.stride, 1, key_t, length, p, length, 0);
      for (long i = 0; i < rows; i++) {
        exponentials(
            p + i * length, seen_by(a, q0 + i), wide, a->scale, lse[(q0 + i) * lse_stride + head]);
        __builtin_memcpy(dp + i * length, p + i * length, wide * sizeof(float));
        if (a->dropout.threshold) {
          dropout_row(a, head, q0 + i, seen, factors + i * length);
          multiply(dp + i * length, factors + i * length, wide);
        }
      }
      // dp holds the probabilities after dropout until dV has been added.
      panel kept = scores_across(pairs, dp, length, rows, wide, score_room);
      product(
          pairs, seen, width, rows, kept.words, 1, kept.stride, dout_rows.words, dout_rows.stride, dv, width, 1);
      product(pairs, rows, wide, size, dout.words, dout.stride, 1, value_t, length, dp, length, 0);
      for (long i = 0; i < rows; i++) {
        if (a->dropout.threshold) multiply(dp + i * length, factors + i * length, wide);
        score_gradients(dp + i * length, p + i * length, wide);
      }
      kept = scores_across(pairs, dp, length, rows, wide, score_room);
      product(
          pairs, seen, width, rows, kept.words, 1, kept.stride, query_rows.words, query_rows.stride, dk, width,
          1);
      kept = along(pairs, (ck_operand){dp, 0}, length, rows, wide, score_room);
      product(pairs, rows, width, seen, kept.words, kept.stride, 1, key.words, key.stride, out, width, 0);
      unpack(out, rows, size, a->scale, advanced(dquery, query_start(a, head, q0)), a->query_stride);
    }
  unpack(dk, keys, size, a->scale, dkey, a->key_stride);
  unpack(dv, keys, size, 1, dvalue, a->key_stride);
}
