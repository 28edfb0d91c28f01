#include "CKernels.h"

#include <string.h>

// Indices ascend, so the row of an entry is that of the entry before it, or a later one.
#define EACH_ENTRY(body)                                                      \
  do {                                                                        \
    uint32_t row = 0, row_start = 0;                                          \
    for (long i = 0; i < count; i++) {                                        \
      for (; indices[i] - row_start >= columns; row_start += columns) row++;  \
      (void)row;                                                              \
      uint32_t column = indices[i] - row_start;                               \
      body;                                                                   \
    }                                                                         \
  } while (0)

void ck_lines_of_rows(
    const uint32_t *indices, long count, long rows, uint32_t columns, uint32_t *starts, uint32_t *places) {
  memset(starts, 0, (rows + 1) * sizeof *starts);
  EACH_ENTRY({
    starts[row + 1]++;
    places[i] = column;
  });
  for (long r = 0; r < rows; r++) starts[r + 1] += starts[r];
}

void ck_lines_of_columns(
    const uint32_t *indices, const float *values, long count, uint32_t columns, uint32_t *starts,
    uint32_t *places, float *sorted) {
  memset(starts, 0, (columns + 1) * sizeof *starts);
  EACH_ENTRY(starts[column + 1]++);
  for (long c = 0; c < columns; c++) starts[c + 1] += starts[c];
  // Filling a column moves its start to its end, which is the next one's start: move them back after.
  EACH_ENTRY({
    uint32_t at = starts[column]++;
    places[at] = row;
    sorted[at] = values[i];
  });
  memmove(starts + 1, starts, columns * sizeof *starts);
  starts[0] = 0;
}
