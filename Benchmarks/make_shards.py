"""Cuts the store of a finished run into those that shards of a sweep would have left: for measuring a merge.

    python Benchmarks/make_shards.py RUN SHARDS [--count 8]

RUN is a run's folder with tome-eval.sqlite and images/, which stays as it is. Every shard gets a copy of the store in which
the pictures of the others' prompts are pending, with what was known of them taken out, and the files of its own as second
names. A prompt's shard is that of `sweep --shard`.
"""

import argparse
import hashlib
import os
import shutil
import sqlite3
from pathlib import Path

PENDING = """
    UPDATE sample SET state = 'pending', pictureID = NULL, executionID = NULL, latentsHash = NULL, seconds = NULL,
      secondsPerStep = NULL, stageSeconds = NULL, peakMemoryBytes = NULL, mergeStatistics = NULL, error = NULL
    WHERE promptID IN (SELECT id FROM other);
    DELETE FROM blockStatistics WHERE sampleID IN (SELECT id FROM sample WHERE state = 'pending');
    DELETE FROM score WHERE sampleID IN (SELECT id FROM sample WHERE state = 'pending');
    DELETE FROM seedNoise WHERE promptID IN (SELECT id FROM other);
    DELETE FROM picture WHERE id NOT IN (SELECT pictureID FROM sample WHERE pictureID IS NOT NULL);
    DROP TABLE other;
"""


def shard(text: str, count: int) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest()[:16], 16) % count + 1


def cut(run: Path, target: Path, number: int, count: int):
    target.mkdir(parents=True)
    (target / "images").mkdir()
    shutil.copyfile(run / "tome-eval.sqlite", target / "tome-eval.sqlite")
    store = sqlite3.connect(target / "tome-eval.sqlite", isolation_level=None)
    store.execute("BEGIN")
    store.execute("CREATE TEMP TABLE other (id INTEGER PRIMARY KEY)")
    others = [(id,) for id, text in store.execute("SELECT id, text FROM prompt") if shard(text, count) != number]
    store.executemany("INSERT INTO other VALUES (?)", others)
    for statement in PENDING.strip().split(";")[:-1]:
        store.execute(statement)
    store.execute("COMMIT")
    store.execute("VACUUM")
    paths = [path for (path,) in store.execute("SELECT path FROM picture")]
    store.close()
    for path in paths:
        os.link(run / path, target / path)
    print(f"{target}: {len(paths)} pictures")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("run", type=Path)
    parser.add_argument("shards", type=Path)
    parser.add_argument("--count", type=int, default=8)
    options = parser.parse_args()
    for number in range(1, options.count + 1):
        cut(options.run, options.shards / f"{number}-of-{options.count}", number, options.count)


if __name__ == "__main__":
    main()
