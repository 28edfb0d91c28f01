// Unpacking of gzip (RFC 1952) by zlib, opened at run time (see onednn.h for why nothing is linked).
#pragma once
#include <stddef.h>

#pragma clang assume_nonnull begin

/// How unpacking went on.
typedef enum {
  GZIP_MORE = 0,   // there is more to unpack, or more packed bytes are wanted
  GZIP_END = 1,    // a member of the file has ended
  GZIP_BROKEN = 2  // the bytes are no gzip, or damaged
} gzip_state;

typedef struct gzip_reader gzip_reader;

/// Finds the functions that the rest needs. Returns NULL on success, else a sentence that says what is wrong.
/// May be called from several threads at once, and again.
const char *_Nullable gzip_open(void);
/// A reader at the beginning of a member, or NULL when there is no memory for it; `gzip_open` has to come first.
gzip_reader *_Nullable gzip_begin(void);
/// Unpacks from `packed` into `bytes`. The counts are what is there, and afterwards what was read and written.
gzip_state gzip_read(
    gzip_reader *reader, const void *packed, size_t *packed_count, void *bytes, size_t *count);
void gzip_free(gzip_reader *reader);

#pragma clang assume_nonnull end
