// Which of the compiled kernel sets the processor can run.
#include "CKernels.h"
#include "panels.h"

int ck_has_kernel_set(ck_kernel_set set) {
  switch (set) {
  case CK_BASELINE: return 1;
#ifdef HAS_X86_SETS
  case CK_AVX2: return __builtin_cpu_supports("x86-64-v3") != 0;
  case CK_AVX512: return __builtin_cpu_supports("x86-64-v4") != 0;
  case CK_AVX512_BF16: return __builtin_cpu_supports("x86-64-v4") && __builtin_cpu_supports("avx512bf16");
#endif
  default: return 0;
  }
}
