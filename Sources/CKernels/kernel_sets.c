// Which of the compiled kernel sets the processor can run.
#include "CKernels.h"
#include "panels.h"

#ifdef HAS_NEON_SETS
#if defined(__linux__)
#include <sys/auxv.h>
#elif defined(__APPLE__)
#include <sys/sysctl.h>
#endif

// Whether the processor has bfdot.
static int has_bf16(void) {
#if defined(__linux__)
  return (getauxval(AT_HWCAP2) & HWCAP2_BF16) != 0;
#elif defined(__APPLE__)
  int value = 0;
  size_t size = sizeof value;
  return sysctlbyname("hw.optional.arm.FEAT_BF16", &value, &size, NULL, 0) == 0 && value != 0;
#else
  return 0;
#endif
}
#endif

int ck_has_kernel_set(ck_kernel_set set) {
  switch (set) {
  case CK_BASELINE: return 1;
#ifdef HAS_X86_SETS
  case CK_AVX2: return __builtin_cpu_supports("x86-64-v3") != 0;
  case CK_AVX512: return __builtin_cpu_supports("x86-64-v4") != 0;
  case CK_AVX512_BF16: return __builtin_cpu_supports("x86-64-v4") && __builtin_cpu_supports("avx512bf16");
#endif
#ifdef HAS_NEON_SETS
  case CK_NEON: return 1;
  case CK_NEON_BF16: return has_bf16();
#endif
  default: return 0;
  }
}
