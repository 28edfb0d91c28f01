#include "kernels/instruction_sets.h"

const ck_kernels *ck_kernels_for(ck_instruction_set set) {
  switch (set) {
    case CK_BASELINE: return &ck_baseline;
#if HAS_X86_64_SETS
    case CK_X86_64_V3: return __builtin_cpu_supports("x86-64-v3") ? &ck_x86_64_v3 : 0;
    case CK_X86_64_V4: return __builtin_cpu_supports("x86-64-v4") ? &ck_x86_64_v4 : 0;
    case CK_X86_64_BF16:
      return __builtin_cpu_supports("x86-64-v4") && __builtin_cpu_supports("avx512bf16") ? &ck_x86_64_bf16 : 0;
#endif
    default: return 0;
  }
}
