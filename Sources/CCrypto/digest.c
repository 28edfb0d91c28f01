#include "digest.h"

#include <dlfcn.h>
#include <pthread.h>

// The functions are the same in OpenSSL 1.1 and 3: a digest context is opaque in both.
static digest_context *(*context_new)(void);
static void (*context_free)(digest_context *);
static const void *(*sha256)(void);
static int (*init)(digest_context *, const void *type, void *engine);
static int (*update)(digest_context *, const void *bytes, size_t count);
static int (*final)(digest_context *, unsigned char *bytes, unsigned *count);

static const char *problem;

static void open_once(void) {
  static const char *const names[] = {"libcrypto.so.3", "libcrypto.so.1.1", "libcrypto.so"};
  void *library = NULL;
  for (size_t i = 0; i < sizeof names / sizeof *names && !library; i++)
    library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    problem = "libcrypto.so.3 was not found; install OpenSSL (libssl3 or libssl3t64 on Debian and Ubuntu)";
    return;
  }
  *(void **)&context_new = dlsym(library, "EVP_MD_CTX_new");
  *(void **)&context_free = dlsym(library, "EVP_MD_CTX_free");
  *(void **)&sha256 = dlsym(library, "EVP_sha256");
  *(void **)&init = dlsym(library, "EVP_DigestInit_ex");
  *(void **)&update = dlsym(library, "EVP_DigestUpdate");
  *(void **)&final = dlsym(library, "EVP_DigestFinal_ex");
  if (!context_new || !context_free || !sha256 || !init || !update || !final)
    problem = "libcrypto has no SHA-256; OpenSSL 1.1 or 3 is needed";
}

const char *digest_open(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, open_once);
  return problem;
}

digest_context *digest_begin(void) {
  digest_context *context = context_new();
  if (context && !init(context, sha256(), NULL)) {
    context_free(context);
    return NULL;
  }
  return context;
}

int digest_update(digest_context *context, const void *bytes, size_t count) {
  return update(context, bytes, count);
}

int digest_finish(digest_context *context, unsigned char bytes[DIGEST_BYTES]) {
  unsigned count = 0;
  return final(context, bytes, &count) && count == DIGEST_BYTES;
}

void digest_free(digest_context *context) { context_free(context); }
