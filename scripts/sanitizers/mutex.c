// Where two threads want a Mutex of Swift's Synchronization at once, its second half on Linux is the kernel's futex: the
// thread sanitizer sees neither who let go nor who took over, and reports every such turn as a race. With this in a
// program, the one who waits tries again until the lock's word is free, by atomics that the sanitizer sees. The word is
// as LinuxImpl.swift of Swift 6 has it: 0, or the thread's number; without the kernel no further bits are ever set.
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>

__attribute__((swiftcall)) void waitForMutex(uint32_t thread, __attribute__((swift_context)) void *mutex)
    __asm__("$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF");

__attribute__((swiftcall)) void waitForMutex(uint32_t thread, __attribute__((swift_context)) void *mutex) {
  _Atomic uint32_t *word = mutex;
  uint32_t free = 0;
  while (!atomic_compare_exchange_strong_explicit(word, &free, thread, memory_order_acquire, memory_order_relaxed)) {
    free = 0;
    sched_yield();
  }
}
