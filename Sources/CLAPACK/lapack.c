#include "lapack.h"

#include <dlfcn.h>
#include <stddef.h>

// SciPy's build of OpenBLAS prefixes its symbols; Debian's and the reference LAPACK do not.
const char *lapack_open(const char *path, lapack_ssyevd *solver) {
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!library) return dlerror();
  *(void **)solver = dlsym(library, "scipy_ssyevd_");
  if (!*solver) *(void **)solver = dlsym(library, "ssyevd_");
  if (!*solver) return "it has no ssyevd";

  void (*set_threads)(int) = dlsym(library, "scipy_openblas_set_num_threads");
  if (!set_threads) set_threads = dlsym(library, "openblas_set_num_threads");
  if (set_threads) set_threads(1);
  return NULL;
}
