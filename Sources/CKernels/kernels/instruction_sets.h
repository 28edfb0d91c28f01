// Where the tables of kernels are. To be included before a set's attribute is pushed.
#pragma once
#include "CKernels.h"

// One program serves every x86-64: the table is chosen when an engine is made. Elsewhere the same C is compiled to
// whatever the target has.
#if defined(__x86_64__)
#define HAS_X86_64_SETS 1
extern const ck_kernels ck_x86_64_v3, ck_x86_64_v4, ck_x86_64_bf16;
#endif
extern const ck_kernels ck_baseline;
