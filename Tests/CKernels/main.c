// Runs every kernel beside a plain reference, and says what differs. Arguments are the kernel sets that the processor
// must have, and no others; without arguments any will do.
#include "checks.h"
#include <stdio.h>
#include <string.h>

const char *const kernel_set_names[KERNEL_SETS] = {
  [CK_BASELINE] = "baseline", [CK_AVX2] = "AVX2", [CK_AVX512] = "AVX-512", [CK_AVX512_BF16] = "AVX-512-BF16",
  [CK_AMX_BF16] = "AMX-BF16",
  [CK_NEON] = "NEON", [CK_NEON_BF16] = "NEON-BF16",
};

static int is_named(const char *set, int count, char **names) {
  for (int i = 1; i < count; i++)
    if (strcmp(names[i], set) == 0) return 1;
  return 0;
}

int main(int argc, char **argv) {
  int found = 0, wrong = 0;
  // So that what was said is seen when a kernel touches what it may not.
  setvbuf(stdout, NULL, _IOLBF, 0);
  printf("kernel sets:");
  for (ck_kernel_set set = 0; set < KERNEL_SETS; set++) {
    int has = ck_has_kernel_set(set);
    if (has) printf(" %s", kernel_set_names[set]);
    found += has;
    wrong |= argc > 1 && has != is_named(kernel_set_names[set], argc, argv);
  }
  printf("\n");
  wrong |= ck_has_fast_pairs() && !ck_has_kernel_set(CK_AVX512_BF16);
  if (wrong || (argc > 1 && found != argc - 1)) {
    printf("expected:");
    for (int i = 1; i < argc; i++) printf(" %s", argv[i]);
    printf("\n");
    return 1;
  }
  test_conversions();
  test_panels();
  test_products();
  test_winograd();
  test_attention();
  test_elementwise();
  test_normalization();
  test_rows();
  test_sha256();
  size_t made, failed;
  count_checks(&made, &failed);
  printf("%zu comparisons, %zu failed\n", made, failed);
  return failed > 0;
}
