#include "kernels/instruction_sets.h"

#if HAS_X86_64_SETS
// Tuned for none: a level's own tuning would take vectors of half the width.
#pragma clang attribute push(__attribute__((target("arch=x86-64-v4,tune=x86-64"))), apply_to = function)
#define KERNELS ck_x86_64_v4
#define MULTIPLIES_PAIRS 0
#define CONVERTS_HALVES 1
#define WIDEST_PANEL 4
#include "kernels/table.h"
#pragma clang attribute pop
#endif
