#include "lapack.h"

#include <dlfcn.h>
#include <stddef.h>

#include "single_threaded.h"

const char *lapack_open(const char *path, lapack_ssyevd *solver) {
  void *library = open_single_threaded(path);
  if (!library) return dlerror();
  *(void **)solver = look_up(library, "ssyevd_");
  return *solver ? NULL : "it has no ssyevd";
}
