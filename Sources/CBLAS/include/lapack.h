// LAPACK's symmetric eigensolver, opened at run time (see onednn.h for why nothing is linked).
#pragma once

#pragma clang assume_nonnull begin

/// Eigenvalues and eigenvectors of a real symmetric matrix by divide and conquer (Fortran interface).
typedef void (*lapack_ssyevd)(
    const char *job, const char *triangle, const int *order, float *matrix, const int *stride,
    float *eigenvalues, float *work, const int *work_size, int *integer_work,
    const int *integer_work_size, int *info);

/// Opens the library at `path`, keeps it on one thread and finds the solver. Returns NULL on success, else a
/// sentence that says what is wrong.
const char *_Nullable lapack_open(const char *path, lapack_ssyevd _Nullable *_Nonnull solver);

#pragma clang assume_nonnull end
