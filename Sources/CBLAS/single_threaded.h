#pragma once

/// Opens the library at `path` so that it computes on its caller's thread: results must not depend on the number of
/// threads. NULL, and dlerror(), when it cannot be opened.
void *open_single_threaded(const char *path);
/// The function of the library by its name, or by the name that SciPy's build of OpenBLAS gives it: `scipy_` before it.
void *look_up(void *library, const char *name);
