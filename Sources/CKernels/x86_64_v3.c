#include "kernels/instruction_sets.h"

#if HAS_X86_64_SETS
#pragma clang attribute push(__attribute__((target("arch=x86-64-v3,tune=x86-64"))), apply_to = function)
#define KERNELS ck_x86_64_v3
#define MULTIPLIES_PAIRS 0
#define CONVERTS_HALVES 1
#define WIDEST_PANEL 1
#include "kernels/table.h"
#pragma clang attribute pop
#endif
