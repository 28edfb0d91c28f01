#include "gzip.h"

#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>

// zlib's z_stream, whose layout has not changed since version 1.0.
struct gzip_reader {
  const unsigned char *next_in;
  unsigned avail_in;
  unsigned long total_in;
  unsigned char *next_out;
  unsigned avail_out;
  unsigned long total_out;
  const char *message;
  void *state, *allocate, *release, *opaque;
  int data_type;
  unsigned long adler, reserved;
};

static int (*inflate_init)(gzip_reader *, int window_bits, const char *version, int stream_size);
static int (*inflate_some)(gzip_reader *, int flush);
static int (*inflate_end)(gzip_reader *);
static const char *(*version)(void);
static const char *problem;

static void open_once(void) {
  void *library = dlopen("libz.so.1", RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    problem = "libz.so.1 was not found; install zlib (zlib1g on Debian and Ubuntu), or unpack the file first";
    return;
  }
  *(void **)&inflate_init = dlsym(library, "inflateInit2_");
  *(void **)&inflate_some = dlsym(library, "inflate");
  *(void **)&inflate_end = dlsym(library, "inflateEnd");
  *(void **)&version = dlsym(library, "zlibVersion");
  if (!inflate_init || !inflate_some || !inflate_end || !version) problem = "libz.so.1 cannot unpack gzip";
}

const char *gzip_open(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, open_once);
  return problem;
}

gzip_reader *gzip_begin(void) {
  gzip_reader *reader = calloc(1, sizeof *reader);
  // 15 bits of window, and 16 for gzip's header and trailer.
  if (reader && inflate_init(reader, 15 + 16, version(), sizeof *reader)) {
    free(reader);
    return NULL;
  }
  return reader;
}

static unsigned at_most(size_t count) { return count < UINT_MAX ? (unsigned)count : UINT_MAX; }

gzip_state gzip_read(
    gzip_reader *reader, const void *packed, size_t *packed_count, void *bytes, size_t *count) {
  unsigned in = at_most(*packed_count), out = at_most(*count);
  reader->next_in = packed, reader->avail_in = in;
  reader->next_out = bytes, reader->avail_out = out;
  int result = inflate_some(reader, 0);
  *packed_count = in - reader->avail_in;
  *count = out - reader->avail_out;
  if (result == 1) return GZIP_END;
  // -5 says that nothing was done for want of bytes or room.
  return result == 0 || result == -5 ? GZIP_MORE : GZIP_BROKEN;
}

void gzip_free(gzip_reader *reader) {
  inflate_end(reader);
  free(reader);
}
