#include "blas.h"

#include <dlfcn.h>
#include <stddef.h>

#include "single_threaded.h"

const char *blas_open(const char *path, blas_sgemm *product) {
  void *library = open_single_threaded(path);
  if (!library) return dlerror();
  *(void **)product = look_up(library, "cblas_sgemm");
  return *product ? NULL : "it has no cblas_sgemm";
}
