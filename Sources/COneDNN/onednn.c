#include "onednn.h"

#include <dlfcn.h>

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

const onednn_api *onednn_open(const char *path, const char **problem) {
  *problem = fill(path);
  return *problem ? 0 : &api;
}
