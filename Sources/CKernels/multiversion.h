#pragma once

// One function body, compiled for the baseline, AVX2 and AVX-512; the loader
// picks. Elsewhere (arm64, macOS) the baseline is already the right target.
#if defined(__x86_64__) && defined(__linux__) && defined(__clang__)
#define MULTIVERSION \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define MULTIVERSION
#endif

#define INLINE static inline __attribute__((always_inline))
