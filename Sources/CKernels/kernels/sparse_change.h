// Adding sparse combinations of vectors to rows, columns and elements of a weight.
#pragma once
#include "halves.h"

// out += the combination of vectors [.., size] that line l is, for columns c..<c + n
INLINE void combine(
    const ck_lines *lines, long l, const float *vectors, long size, long c, const long n, float *restrict out) {
  for (uint32_t e = lines->starts[l]; e < lines->starts[l + 1]; e++) {
    const float *vector = vectors + lines->places[e] * size + c, factor = lines->values[e];
    for (long i = 0; i < n; i++) out[i] += factor * vector[i];
  }
}

static void add_to_rows(
    ck_weight w, long columns, const int32_t *map, const ck_lines *lines, const float *vectors, long begin,
    long end) {
  for (long l = begin; l < end; l++) {
    if (lines->starts[l] == lines->starts[l + 1]) continue;
    long row = (map ? map[l] : l) * columns;
#define ROW_CHUNK(c, n)                               \
  do {                                                \
    float sum[CHUNK];                                 \
    load_weight(w, row + c, n, sum);                  \
    combine(lines, l, vectors, columns, c, n, sum);   \
    store_weight(w, row + c, n, sum);                 \
  } while (0)
    IN_CHUNKS(columns, ROW_CHUNK);
  }
}

static long add_to_columns_scratch(long rows) { return CK_LINE_BLOCK * padded(rows); }

// Sixteen rows of a block of `count` sums, which stand in `sums` as rows, turned: tile[r][i] is line i's.
INLINE void turn(const float *sums, long height, long r0, long count, float tile[16][CK_LINE_BLOCK]) {
  for (long i0 = 0; i0 < CK_LINE_BLOCK; i0 += 16) {
    v16 block[16];
    for (int i = 0; i < 16; i++)
      block[i] = i0 + i < count ? *(const v16 *)(sums + (i0 + i) * height + r0) : (v16){0};
    transpose16(block);
    for (int i = 0; i < 16; i++) *(v16 *)(tile[i] + i0) = block[i];
  }
}

// w[start...] += x
INLINE void add_stretch(ck_weight w, long start, const long n, const float *restrict x) {
  float sum[CK_LINE_BLOCK];
  load_weight(w, start, n, sum);
  for (long i = 0; i < n; i++) sum[i] += x[i];
  store_weight(w, start, n, sum);
}

// Rows lie far apart: the processor does not guess which comes next.
INLINE void prefetch_rows(ck_weight w, long columns, long first, long column) {
  for (long r = first; r < first + 16; r++) {
    long at = r * columns + column;
    if (w.f32) {
      for (long c = 0; c < CK_LINE_BLOCK; c += 16) __builtin_prefetch(w.f32 + at + c, 1);
    } else {
      for (long c = 0; c < CK_LINE_BLOCK; c += 32) {
        __builtin_prefetch(w.upper + at + c, 1);
        __builtin_prefetch(w.lower + at + c, 1);
      }
    }
  }
}

static void add_to_columns(
    ck_weight w, long rows, long columns, const int32_t *map, const ck_lines *lines, const float *vectors,
    long begin, long end, float *scratch) {
  long height = padded(rows);
  for (long b = begin; b < end; b += CK_LINE_BLOCK) {
    long count = end - b < CK_LINE_BLOCK ? end - b : CK_LINE_BLOCK;
    if (lines->starts[b] == lines->starts[b + count]) continue;
    __builtin_memset(scratch, 0, count * height * sizeof(float));
    for (long i = 0; i < count; i++) {
      float *line = scratch + i * height;
#define LINE_CHUNK(c, n) combine(lines, b + i, vectors, rows, c, n, line + c)
      IN_CHUNKS(rows, LINE_CHUNK);
    }
    // A row's stretch of w is read and written once: rows lie so far apart that their cache lines push each
    // other out.
    for (long r0 = 0; r0 < rows; r0 += 16) {
      float tile[16][CK_LINE_BLOCK];
      if (!map && r0 + 32 <= rows) prefetch_rows(w, columns, r0 + 16, b);
      turn(scratch, height, r0, count, tile);
      for (long r = r0; r < rows && r < r0 + 16; r++) {
        long row = r * columns;
        if (map)
          for (long i = 0; i < count; i++) add_stretch(w, row + map[b + i], 1, tile[r - r0] + i);
        else if (count == CK_LINE_BLOCK)
          add_stretch(w, row + b, CK_LINE_BLOCK, tile[r - r0]);
        else
          add_stretch(w, row + b, count, tile[r - r0]);
      }
    }
  }
}

static void add_to_elements(
    ck_weight w, const uint32_t *elements, const float *values, long begin, long end) {
  for (long i = begin; i < end; i++) {
    float x;
    load_weight(w, elements[i], 1, &x);
    x += values[i];
    store_weight(w, elements[i], 1, &x);
  }
}
