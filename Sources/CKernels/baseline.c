#include "kernels/instruction_sets.h"

#define KERNELS ck_baseline
#define MULTIPLIES_PAIRS 0
#if defined(__aarch64__)
#define CONVERTS_HALVES 1
#else
#define CONVERTS_HALVES 0
#endif
#define WIDEST_PANEL 1
#include "kernels/table.h"
