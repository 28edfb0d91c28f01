// The part of oneDNN's C API (version 3.x) that matrix products need, opened at run time.
//
// The library is not linked: a package that depends on this one then builds without oneDNN's headers,
// without linker flags and without knowing where the library is installed. Constants and signatures
// follow oneDNN 3's public ABI, which is stable within the major version that `onednn_open` checks.
#pragma once
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

typedef struct onednn_object onednn_object;  // any of oneDNN's opaque handles
typedef onednn_object *_Nullable onednn_handle;

enum { ONEDNN_CPU = 1, ONEDNN_STREAM_IN_ORDER = 1, ONEDNN_BF16 = 2, ONEDNN_F32 = 3 };
enum { ONEDNN_ARG_SRC = 1, ONEDNN_ARG_DST = 17, ONEDNN_ARG_WEIGHTS = 33 };

typedef struct {
  int argument;
  onednn_handle memory;
} onednn_argument;

// Every function returns 0 on success, as in oneDNN.
typedef struct {
  int (*engine_create)(onednn_handle *_Nonnull engine, int kind, size_t index);
  int (*engine_destroy)(onednn_handle engine);
  int (*stream_create)(onednn_handle *_Nonnull stream, onednn_handle engine, unsigned flags);
  int (*stream_destroy)(onednn_handle stream);
  int (*memory_desc_create_with_strides)(
      onednn_handle *_Nonnull desc, int rank, const int64_t *sizes, int type, const int64_t *strides);
  int (*memory_desc_destroy)(onednn_handle desc);
  int (*memory_create)(
      onednn_handle *_Nonnull memory, onednn_handle desc, onednn_handle engine, void *_Nullable data);
  int (*memory_destroy)(onednn_handle memory);
  int (*primitive_attr_create)(onednn_handle *_Nonnull attributes);
  int (*primitive_attr_destroy)(onednn_handle attributes);
  int (*primitive_attr_set_post_ops)(onednn_handle attributes, onednn_handle operations);
  int (*post_ops_create)(onednn_handle *_Nonnull operations);
  int (*post_ops_destroy)(onednn_handle operations);
  int (*post_ops_append_sum)(onednn_handle operations, float scale, int32_t zero, int type);
  int (*matmul_primitive_desc_create)(
      onednn_handle *_Nonnull desc, onednn_handle engine, onednn_handle source, onednn_handle weights,
      onednn_handle bias, onednn_handle destination, onednn_handle attributes);
  int (*primitive_desc_destroy)(onednn_handle desc);
  int (*primitive_create)(onednn_handle *_Nonnull primitive, onednn_handle desc);
  int (*primitive_destroy)(onednn_handle primitive);
  int (*primitive_execute)(
      onednn_handle primitive, onednn_handle stream, int count, const onednn_argument *arguments);
} onednn_api;

/// Opens the library at `path` (a file, or a name for the system's loader). Returns NULL and sets `problem`
/// to a sentence (static or loader-owned storage) when that fails.
const onednn_api *_Nullable onednn_open(const char *path, const char *_Nullable *_Nonnull problem);

#pragma clang assume_nonnull end
