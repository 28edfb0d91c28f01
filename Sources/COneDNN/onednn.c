#include "onednn.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct {
  int major, minor, patch;
} version_prefix;  // the first members of dnnl_version_t

static onednn_api api;

static const char *fill(const char *path) {
  // Global: the parallel loops share the OpenMP runtime that the library brings along.
  void *library = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
  if (!library) return dlerror();

  const version_prefix *(*version)(void) = dlsym(library, "dnnl_version");
  if (!version) return "it is not oneDNN (dnnl_version is missing)";
  if (version()->major != 3) return "oneDNN 3.x is needed";

#define LOOK_UP(name) \
  if (!(*(void **)&api.name = dlsym(library, "dnnl_" #name))) return "dnnl_" #name " is missing"
  LOOK_UP(engine_create);
  LOOK_UP(engine_destroy);
  LOOK_UP(stream_create);
  LOOK_UP(stream_destroy);
  LOOK_UP(memory_desc_create_with_strides);
  LOOK_UP(memory_desc_destroy);
  LOOK_UP(memory_create);
  LOOK_UP(memory_destroy);
  LOOK_UP(primitive_attr_create);
  LOOK_UP(primitive_attr_destroy);
  LOOK_UP(primitive_attr_set_post_ops);
  LOOK_UP(post_ops_create);
  LOOK_UP(post_ops_destroy);
  LOOK_UP(post_ops_append_sum);
  LOOK_UP(matmul_primitive_desc_create);
  LOOK_UP(primitive_desc_destroy);
  LOOK_UP(primitive_create);
  LOOK_UP(primitive_destroy);
  LOOK_UP(primitive_execute);
#undef LOOK_UP
  return NULL;
}

static void (*end_otherwise)(void);

// C++ that gets no memory throws, and nothing between oneDNN and its caller's C catches: a line says so, and not
// several of the C++ library's. What else is thrown ends as it would have.
static void end_without_memory(void) {
  const struct type_info { void *methods; const char *name; } *(*thrown)(void) =
      dlsym(RTLD_DEFAULT, "__cxa_current_exception_type");
  const struct type_info *type = thrown ? thrown() : NULL;
  if (!type || strcmp(type->name, "St9bad_alloc")) {
    if (end_otherwise) end_otherwise();
    abort();
  }
  static const char line[] =
      "Error: memory: oneDNN gets no more, expected more memory or a higher limit (ulimit -v)\n";
  if (write(STDERR_FILENO, line, sizeof line - 1) < 0) {}
  _exit(EXIT_FAILURE);
}

static void watch_for_exceptions(void) {
  void (*(*set)(void (*)(void)))(void) = dlsym(RTLD_DEFAULT, "_ZSt13set_terminatePFvvE");
  if (set && !end_otherwise) end_otherwise = set(end_without_memory);
}

const onednn_api *onednn_open(const char *path, const char **problem) {
  *problem = fill(path);
  if (!*problem) watch_for_exceptions();
  return *problem ? 0 : &api;
}
