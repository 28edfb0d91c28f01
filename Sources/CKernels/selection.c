#include "CKernels.h"
#include "kernels/vector.h"

// Non-negative floats are ordered as their bits are, so the k largest magnitudes are found by counting
// bits twice (upper, then lower half): no sort, no comparison of floats.
INLINE uint32_t magnitude(const float *x) {
  uint32_t bits;
  __builtin_memcpy(&bits, x, sizeof bits);
  return bits & 0x7FFFFFFFu;
}

void ck_magnitude_histogram(const float *x, long begin, long end, uint32_t *counts) {
  for (long i = begin; i < end; i++) counts[magnitude(x + i) >> 16]++;
}

void ck_magnitude_histogram_low(
    const float *x, long begin, long end, uint32_t upper, uint32_t *counts) {
  for (long i = begin; i < end; i++) {
    uint32_t bits = magnitude(x + i);
    if (bits >> 16 == upper) counts[bits & 0xFFFFu]++;
  }
}

long ck_select(const float *x, long begin, long end, uint32_t bits, long ties, uint32_t *indices) {
  long count = 0;
  for (long i = begin; i < end; i++) {
    uint32_t b = magnitude(x + i);
    if (b > bits)
      indices[count++] = (uint32_t)i;
    else if (b == bits && ties > 0) {
      ties--;
      indices[count++] = (uint32_t)i;
    }
  }
  return count;
}

void ck_gather_adding(const float *x, const uint32_t *indices, long count, float *out) {
  for (long i = 0; i < count; i++) out[i] += x[indices[i]];
}
