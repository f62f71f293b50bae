#pragma once

// One function body, compiled for the baseline, AVX2 and AVX-512; the loader
// picks. Elsewhere (arm64, macOS) the baseline is already the right target. What
// picks runs before the thread sanitizer is there to be called by it. Tests of one
// of them define MULTIVERSION as nothing, and compile for the processor they mean.
#if !defined(MULTIVERSION) && defined(__x86_64__) && defined(__linux__) && defined(__clang__)
#if !__has_feature(thread_sanitizer)
#define MULTIVERSION \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#endif
#endif
#ifndef MULTIVERSION
#define MULTIVERSION
#endif

#define INLINE static inline __attribute__((always_inline))
