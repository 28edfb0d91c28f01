#include "weight.h"

#include <string.h>

CLONES void ck_split(const float *x, ck_weight halves, long begin, long end) {
  for (long i = begin; i < end; i++) split_halves(x[i], halves.upper + i, halves.lower + i);
}

CLONES void ck_join(ck_weight halves, float *x, long begin, long end) {
  for (long i = begin; i < end; i++) x[i] = join_halves(halves.upper[i], halves.lower[i]);
}

CLONES void ck_add_to_weight(ck_weight w, const float *x, long begin, long end) {
  const float *from = x + begin;
#define ADD_CHUNK(c, n)                                      \
  do {                                                       \
    float sum[CHUNK];                                        \
    load_weight(w, begin + c, n, sum);                       \
    for (long i = 0; i < (n); i++) sum[i] += from[c + i];    \
    store_weight(w, begin + c, n, sum);                      \
  } while (0)
  IN_CHUNKS(end - begin, ADD_CHUNK);
}

void ck_lines_of_rows(
    const uint32_t *indices, long count, long rows, long columns, uint32_t *starts, uint32_t *places) {
  long row = 0;
  for (long i = 0; i < count; i++) {
    for (long r = indices[i] / columns; row <= r; row++) starts[row] = (uint32_t)i;
    places[i] = (uint32_t)(indices[i] % columns);
  }
  for (; row <= rows; row++) starts[row] = (uint32_t)count;
}

void ck_lines_of_columns(
    const uint32_t *indices, const float *values, long count, long columns, uint32_t *starts,
    uint32_t *places, float *sorted) {
  memset(starts, 0, (columns + 1) * sizeof *starts);
  for (long i = 0; i < count; i++) starts[indices[i] % columns + 1]++;
  for (long c = 0; c < columns; c++) starts[c + 1] += starts[c];
  // Filling a column moves its start to its end, which is the next one's start: move them back after.
  for (long i = 0; i < count; i++) {
    uint32_t at = starts[indices[i] % columns]++;
    places[at] = (uint32_t)(indices[i] / columns);
    sorted[at] = values[i];
  }
  memmove(starts + 1, starts, columns * sizeof *starts);
  starts[0] = 0;
}

// out += the combination of vectors [.., size] that line l is, for columns c..<c + n
INLINE void combine(
    const ck_lines *lines, long l, const float *vectors, long size, long c, const long n, float *restrict out) {
  for (uint32_t e = lines->starts[l]; e < lines->starts[l + 1]; e++) {
    const float *vector = vectors + lines->places[e] * size + c, factor = lines->values[e];
    for (long i = 0; i < n; i++) out[i] += factor * vector[i];
  }
}

CLONES void ck_add_to_rows(
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

// Swaps halves of neighbours `d` apart, for d = 8, 4, 2, 1: then rows are columns.
#define LANE_A(j, d) ((j) & (d) ? 16 + (j) - (d) : (j))
#define LANE_B(j, d) ((j) & (d) ? 16 + (j) : (j) + (d))
#define LANES(f, d)                                                                                     \
  f(0, d), f(1, d), f(2, d), f(3, d), f(4, d), f(5, d), f(6, d), f(7, d), f(8, d), f(9, d), f(10, d),   \
      f(11, d), f(12, d), f(13, d), f(14, d), f(15, d)
#define EXCHANGE(d)                                                              \
  for (int i = 0; i < 16; i++)                                                   \
    if (!(i & d)) {                                                              \
      v16 a = x[i], b = x[i + d];                                                \
      x[i] = __builtin_shufflevector(a, b, LANES(LANE_A, d));                    \
      x[i + d] = __builtin_shufflevector(a, b, LANES(LANE_B, d));                \
    }

INLINE void transpose16(v16 x[16]) {
  EXCHANGE(8)
  EXCHANGE(4)
  EXCHANGE(2)
  EXCHANGE(1)
}

INLINE long padded16(long n) { return (n + 15) / 16 * 16; }

long ck_add_to_columns_scratch(long rows) { return CK_LINE_BLOCK * padded16(rows); }

// Sixteen lines from l on: their sums stand in `sums` as rows and are added to w as columns.
INLINE void add_columns(
    ck_weight w, long rows, long columns, const int32_t *map, const float *sums, long l, const long n) {
  long height = padded16(rows);
  for (long r0 = 0; r0 < rows; r0 += 16) {
    v16 block[16];
    for (int i = 0; i < 16; i++) block[i] = i < n ? *(const v16 *)(sums + i * height + r0) : (v16){0};
    transpose16(block);
    for (long r = r0; r < rows && r < r0 + 16; r++) {
      float part[16], sum[16];
      __builtin_memcpy(part, &block[r - r0], sizeof part);
      if (map) {
        for (long i = 0; i < n; i++) {
          load_weight(w, r * columns + map[l + i], 1, sum);
          sum[0] += part[i];
          store_weight(w, r * columns + map[l + i], 1, sum);
        }
      } else {
        load_weight(w, r * columns + l, n, sum);
        for (long i = 0; i < n; i++) sum[i] += part[i];
        store_weight(w, r * columns + l, n, sum);
      }
    }
  }
}

CLONES void ck_add_to_columns(
    ck_weight w, long rows, long columns, const int32_t *map, const ck_lines *lines, const float *vectors,
    long begin, long end, float *scratch) {
  long height = padded16(rows);
  for (long b = begin; b < end; b += CK_LINE_BLOCK) {
    long count = end - b < CK_LINE_BLOCK ? end - b : CK_LINE_BLOCK;
    if (lines->starts[b] == lines->starts[b + count]) continue;
    memset(scratch, 0, count * height * sizeof(float));
    for (long i = 0; i < count; i++) {
      float *line = scratch + i * height;
#define LINE_CHUNK(c, n) combine(lines, b + i, vectors, rows, c, n, line + c)
      IN_CHUNKS(rows, LINE_CHUNK);
    }
    long i = 0;
    for (; i + 16 <= count; i += 16) add_columns(w, rows, columns, map, scratch + i * height, b + i, 16);
    if (i < count) add_columns(w, rows, columns, map, scratch + i * height, b + i, count - i);
  }
}

void ck_add_to_elements(
    ck_weight w, const uint32_t *elements, const float *values, long begin, long end) {
  for (long i = begin; i < end; i++) {
    float x;
    load_weight(w, elements[i], 1, &x);
    x += values[i];
    store_weight(w, elements[i], 1, &x);
  }
}
