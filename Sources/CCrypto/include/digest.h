// SHA-256 of OpenSSL's libcrypto, opened at run time (see onednn.h for why nothing is linked).
#pragma once
#include <stddef.h>

#pragma clang assume_nonnull begin

enum { DIGEST_BYTES = 32 };

typedef struct digest_context digest_context;  // OpenSSL's EVP_MD_CTX

/// Finds the functions that the rest needs. Returns NULL on success, else a sentence that says what is wrong.
/// May be called from several threads at once, and again.
const char *_Nullable digest_open(void);

/// A digest of nothing yet, or NULL when there is no memory for it; `digest_open` has to come first.
digest_context *_Nullable digest_begin(void);
/// Continues a digest with `count` bytes. Returns whether that worked.
int digest_update(digest_context *context, const void *_Nullable bytes, size_t count);
void digest_free(digest_context *context);
/// Writes the digest of all that was added; nothing can be added any more. Returns whether that worked.
int digest_finish(digest_context *context, unsigned char bytes[_Nonnull DIGEST_BYTES]);

#pragma clang assume_nonnull end
