// Drawings as pictures by librsvg, opened at run time (see onednn.h for why nothing is linked).
#pragma once
#include <stddef.h>

#pragma clang assume_nonnull begin

/// Gets the next bytes of a file. Returns 0 when no more are wanted.
typedef int (*svg_writer)(void *_Nullable context, const void *bytes, size_t count);

/// Finds the functions that the rest needs. Returns NULL on success, else a sentence that says what is wrong.
/// May be called from several threads at once, and again.
const char *_Nullable svg_open(void);
/// Draws an SVG file on white and writes the picture as a PNG file; `svg_open` has to come first.
/// Returns whether it was written as a whole.
int svg_write_png(
    const void *svg, size_t count, int width, int height, svg_writer write, void *_Nullable context);

#pragma clang assume_nonnull end
