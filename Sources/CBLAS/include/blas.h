// The matrix product of BLAS, opened at run time (see onednn.h for why nothing is linked).
#pragma once

#pragma clang assume_nonnull begin

enum { BLAS_ROW_MAJOR = 101, BLAS_AS_IT_IS = 111, BLAS_TRANSPOSED = 112 };

/// c [m, n] = alpha * a b + beta * c, float32, by CBLAS's interface.
typedef void (*blas_sgemm)(
    int order, int transpose_a, int transpose_b, int m, int n, int k, float alpha, const float *a, int a_stride,
    const float *b, int b_stride, float beta, float *c, int c_stride);

/// Opens the library at `path`, keeps each call of it on the caller's thread, and finds the product. Returns NULL
/// on success, else a sentence that says what is wrong.
const char *_Nullable blas_open(const char *path, blas_sgemm _Nullable *_Nonnull product);

#pragma clang assume_nonnull end
