// System calls that Swift's Glibc does not offer.
#pragma once

#pragma clang assume_nonnull begin

/// Lets two files or folders of one file system change places in one step.
/// Returns 0, or -1 and sets errno: not every system and file system can.
int files_exchange(const char *one, const char *other);

#pragma clang assume_nonnull end
