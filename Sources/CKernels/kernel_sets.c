// Which of the compiled kernel sets the processor can run.
#if defined(__linux__)
#define _GNU_SOURCE
#endif
#include "CKernels.h"
#include "amx_tiles.h"
#include "panels.h"

#ifdef HAS_AMX_TILES
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>

// Whether the processor has tiles that multiply bfloat16 numbers (Intel's manual, CPUID leaf 7), and Linux, which keeps
// 8 KiB more of every thread that uses them, lets this process (since 5.16; its documentation, x86/xstate).
static int has_amx(void) {
  enum { TILES = 1 << 24, BF16 = 1 << 22, REQUEST_PERMISSION = 0x1023, TILE_DATA = 18 };
  unsigned a, b, c, d;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || (d & TILES) == 0 || (d & BF16) == 0) return 0;
  return syscall(SYS_arch_prctl, REQUEST_PERMISSION, TILE_DATA) == 0;
}
#endif

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
#ifdef HAS_AMX_TILES
  case CK_AMX_BF16: return ck_has_kernel_set(CK_AVX512_BF16) && has_amx();
#endif
#ifdef HAS_NEON_SETS
  case CK_NEON: return 1;
  case CK_NEON_BF16: return has_bf16();
#endif
  default: return 0;
  }
}

int ck_has_fast_pairs(void) {
#ifdef HAS_X86_SETS
  return ck_has_kernel_set(CK_AVX512_BF16) && !__builtin_cpu_is("intel");
#else
  return 0;
#endif
}
