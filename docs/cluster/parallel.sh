#!/bin/sh
# A sweep in shards with GNU parallel, on this machine or, with --sshloginfile, on several that see one folder; then the
# merge. The same command again goes on where it stopped.
#
#   docs/cluster/parallel.sh SHARDS THREADS OUTPUT [option of sweep]…
#   docs/cluster/parallel.sh 8 4 Reports/full --prompts full --seeds 0,1
set -eu
shards=$1 threads=$2 output=$3
shift 3
tool=${TOME_EVAL:-tome-eval}

# As many at once as there are processors for. 3 says that some pictures failed: the merge names them.
seq "$shards" | parallel --quote --halt now,fail=1 --jobs "$(($(nproc) / threads > 0 ? $(nproc) / threads : 1))" \
  sh -c '"$@" || [ $? -eq 3 ]' sh \
  "$tool" sweep "$@" --threads "$threads" --output "$output" --shard "{}/$shards"
"$tool" merge --output "$output"
