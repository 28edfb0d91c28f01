#include "kernels/instruction_sets.h"

#define KERNELS ck_baseline
#define MULTIPLIES_PAIRS 0
#define WIDEST_PANEL 1
#include "kernels/table.h"
