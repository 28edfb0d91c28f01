// The one product of attention: C[m, n] = or += A B, with n a multiple of 16, a step of the depth at a time.
// Included once for each kind of operand, after these have been defined:
//
//   PRODUCT(part)          the functions' names
//   WIDEST_PANEL           the blocks of sixteen columns whose sums stay in registers, six rows at a time: 1 or 4
//   WORD                   what a step reads of an element of C from A: a float, or a pair of bfloat16
//   ADD_STEP(sum, a, row)  sum + a * row, with sixteen words of B in a row

// A's words are at a[i * ar + l * ac]; rows and blocks are constants.
INLINE void PRODUCT(tile)(
    const int rows, const int blocks, long steps, const WORD *a, long ar, long ac, const WORD *b, long ldb,
    float *c, long ldc, int accumulate) {
  v16 sum[6][WIDEST_PANEL];
  for (int i = 0; i < rows; i++)
    for (int j = 0; j < blocks; j++) sum[i][j] = accumulate ? *(v16 *)(c + i * ldc + 16 * j) : (v16){0};
  for (long l = 0; l < steps; l++)
    for (int i = 0; i < rows; i++)
      for (int j = 0; j < blocks; j++)
        sum[i][j] = ADD_STEP(sum[i][j], a[i * ar + l * ac], b + l * ldb + 16 * j);
  for (int i = 0; i < rows; i++)
    for (int j = 0; j < blocks; j++) *(v16 *)(c + i * ldc + 16 * j) = sum[i][j];
}

INLINE void PRODUCT(panel)(
    const int blocks, long m, long steps, const WORD *a, long ar, long ac, const WORD *b, long ldb, float *c,
    long ldc, int accumulate) {
  long i = 0;
  for (; i + 6 <= m; i += 6)
    PRODUCT(tile)(6, blocks, steps, a + i * ar, ar, ac, b, ldb, c + i * ldc, ldc, accumulate);
  for (; i + 2 <= m; i += 2)
    PRODUCT(tile)(2, blocks, steps, a + i * ar, ar, ac, b, ldb, c + i * ldc, ldc, accumulate);
  for (; i < m; i++)
    PRODUCT(tile)(1, blocks, steps, a + i * ar, ar, ac, b, ldb, c + i * ldc, ldc, accumulate);
}

static void PRODUCT(product)(
    long m, long n, long steps, const WORD *a, long ar, long ac, const WORD *b, long ldb, float *c, long ldc,
    int accumulate) {
  long j = 0;
#if WIDEST_PANEL >= 4
  for (; j + 64 <= n; j += 64)
    PRODUCT(panel)(4, m, steps, a, ar, ac, b + j, ldb, c + j, ldc, accumulate);
  for (; j + 32 <= n; j += 32)
    PRODUCT(panel)(2, m, steps, a, ar, ac, b + j, ldb, c + j, ldc, accumulate);
#endif
  for (; j < n; j += 16) PRODUCT(panel)(1, m, steps, a, ar, ac, b + j, ldb, c + j, ldc, accumulate);
}

#undef PRODUCT
#undef WORD
#undef ADD_STEP
