#include "single_threaded.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *look_up(void *library, const char *name) {
  char prefixed[64];
  snprintf(prefixed, sizeof prefixed, "scipy_%s", name);
  void *function = dlsym(library, prefixed);
  return function ? function : dlsym(library, name);
}

// OpenBLAS makes a pool of threads while it is loaded, unless the environment says one.
void *open_single_threaded(const char *path) {
  static const char variable[] = "OPENBLAS_NUM_THREADS";
  const char *users = getenv(variable);
  char *kept = users ? strdup(users) : NULL;
  setenv(variable, "1", 1);
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (kept)
    setenv(variable, kept, 1);
  else
    unsetenv(variable);
  free(kept);
  if (!library) return NULL;

  void (*set_threads)(int) = look_up(library, "openblas_set_num_threads");
  if (set_threads) set_threads(1);
  return library;
}
