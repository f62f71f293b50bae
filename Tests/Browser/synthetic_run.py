"""A finished run without its hours of computing: the store that a real, tiny sweep made, with other prompts,
pictures and scores put in their place.

The tables are the tool's own. A column that is not known here is an error, so that the schema cannot go its way
unnoticed.
"""

import dataclasses
import functools
import hashlib
import json
import random
import sqlite3
import struct
import subprocess
from contextlib import closing
from pathlib import Path

from pictures import png

ROOT = Path(__file__).resolve().parents[2]
TOOL = ROOT / ".build/release/tome-eval"

WRITTEN = {
    "prompt": {"id", "runID", "position", "row", "text", "category", "challenge", "subset", "unread"},
    "sample": {
        "id",
        "promptID",
        "variantID",
        "seed",
        "state",
        "contentKey",
        "pictureID",
        "executionID",
        "latentsHash",
        "seconds",
        "secondsPerStep",
        "stageSeconds",
        "peakMemoryBytes",
        "mergeStatistics",
        "error",
    },
    "picture": {"id", "base", "path", "fileHash", "pixelHash", "width", "height", "format"},
    "score": {"sampleID", "metric", "scorerID", "value", "picture", "reference"},
    "difference": {
        "sampleID",
        "picture",
        "reference",
        "cells",
        "onEdges",
        "onFlat",
        "low",
        "mid",
        "high",
        "highOnEdges",
        "specks",
        "meanShift",
        "spreadShift",
    },
    "explanation": {
        "sampleID",
        "pass",
        "step",
        "steps",
        "position",
        "block",
        "width",
        "height",
        "destinations",
        "similarities",
    },
    "preview": {"sampleID", "pass", "step", "steps", "png"},
}

# Where pictures are looked into: maps of these blocks at these of 20 steps, previews at those.
BLOCKS = ("down_blocks.0.attentions.0.transformer_blocks.0", "up_blocks.3.attentions.2.transformer_blocks.0")
MAP_STEPS = (1, 10)
PREVIEW_STEPS = (1, 7, 13, 20)


@functools.cache
def map_of(ratio, level):
    """A map of differences, a byte a cell: the more, the nearer to the centre of the frame."""
    return bytes(
        int(20 + 120 * ratio + level + 3 * min(row, column, 31 - row, 31 - column))
        for row in range(32)
        for column in range(32)
    )


@dataclasses.dataclass(frozen=True)
class Prompt:
    row: int
    text: str
    category: str | None = None
    challenge: str | None = None
    subset: str | None = None
    # Its end, which the text encoder does not take.
    unread: str | None = None


@dataclasses.dataclass(frozen=True, eq=False)
class SyntheticRun:
    prompts: tuple[Prompt, ...]
    ratios: tuple[float, ...] = (0, 0.3, 0.5, 0.7)
    seeds: tuple[int, ...] = (0,)
    size: int = 352
    # By (row, ratio, seed): "failed", "pending", "gone" (made, but its file is not there) or "identical".
    fates: dict = dataclasses.field(default_factory=dict)
    # The merged pictures that are looked into, by (row, ratio, seed), with their baselines: "merged", or "thinned" where
    # tokens are left out and merged into none.
    explained: dict = dataclasses.field(default_factory=dict)
    # Tokens at a side of their grids.
    grid: int = 8

    def make(self, folder):
        """Makes the run in `folder`."""
        ratios = ",".join(f"{ratio:g}" for ratio in self.ratios)
        tool(
            "sweep",
            "--prompts",
            "mini",
            "--limit",
            "1",
            "--ratios",
            ratios,
            "--steps",
            "1",
            "--size",
            "64x64",
            "--no-checks",
            "--output",
            str(folder),
        )
        for picture in (folder / "images").iterdir():
            picture.unlink()
        with closing(sqlite3.connect(folder / "tome-eval.sqlite")) as store, store:
            self._rewrite(store, folder)

    def _rewrite(self, store, folder):
        store.execute("PRAGMA foreign_keys = ON")
        for table, known in WRITTEN.items():
            columns = {column[1] for column in store.execute(f"PRAGMA table_info({table})")}
            if columns != known:
                raise AssertionError(f"table {table} has other columns than this generator: {columns ^ known}")
        run, sampling = store.execute("SELECT id, sampling FROM run").fetchone()
        changed = {"width": self.size, "height": self.size, "steps": 20}
        store.execute(
            "UPDATE run SET name = 'synthetic', promptSet = 'synthetic.tsv', sampling = ?",
            [json.dumps(json.loads(sampling) | changed)],
        )
        variants = store.execute("SELECT id, ratio, recipe FROM variant ORDER BY ratio").fetchall()
        for variant, _, recipe in variants:
            store.execute(
                "UPDATE variant SET recipe = ? WHERE id = ?", [json.dumps(json.loads(recipe) | changed), variant]
            )
        scorers = dict(store.execute("SELECT kind, id FROM scorer"))
        execution = store.execute("SELECT id FROM execution").fetchone()[0]
        store.execute("DELETE FROM prompt")
        store.execute("DELETE FROM picture")
        number = 0
        for position, prompt in enumerate(self.prompts):
            store.execute(
                "INSERT INTO prompt (id, runID, position, row, text, category, challenge, subset, unread) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [position + 1, run, position, *dataclasses.astuple(prompt)],
            )
            for seed in self.seeds:
                baseline = None
                for variant, ratio, _ in variants:
                    number += 1
                    made = self._sample(store, folder, number, position + 1, prompt, variant, ratio, seed, execution)
                    if ratio == 0:
                        baseline = made
                    if made:
                        self._scores(store, number, prompt, ratio, seed, scorers, made, baseline)
                    if made and ratio > 0 and baseline:
                        self._difference(store, number, prompt, ratio, seed, made, baseline)
                    if made:
                        self._explanation(store, number, prompt, ratio, seed)

    def _is_same(self, prompt, ratio, seed):
        return ratio == 0 or self.fates.get((prompt.row, ratio, seed)) == "identical"

    def _sample(self, store, folder, number, prompt_id, prompt, variant, ratio, seed, execution):
        """Returns the hash of the picture's file; None where there is no picture."""
        fate = self.fates.get((prompt.row, ratio, seed))
        is_done = fate not in ("failed", "pending")
        chance = random.Random(number)
        seconds = round((4.1 - 1.9 * ratio) * chance.uniform(0.95, 1.05), 4)
        digest = None
        if is_done:
            path = f"images/{prompt.row:04}-s{seed}-r{ratio:g}.png"
            change = 0 if self._is_same(prompt, ratio, seed) else min(1, ratio * chance.uniform(0.5, 1.4))
            picture = png(self.size, prompt.row * 7 + seed, change)
            digest = hashlib.sha256(picture).hexdigest()
            if fate != "gone":
                (folder / path).write_bytes(picture)
            # Equal pixels have equal files here, so that one hash serves for both.
            store.execute(
                "INSERT INTO picture (id, base, path, fileHash, pixelHash, width, height, format) "
                "VALUES (?, 'store', ?, ?, ?, ?, ?, 'png')",
                [number, path, digest, digest, self.size, self.size],
            )
        store.execute(
            "INSERT INTO sample (id, promptID, variantID, seed, state, contentKey, pictureID, executionID, seconds, "
            "error) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                number,
                prompt_id,
                variant,
                seed,
                "done" if is_done else fate,
                f"{number}",
                number if is_done else None,
                execution if is_done else None,
                seconds if is_done else None,
                "not finite after step 3" if fate == "failed" else None,
            ],
        )
        return digest

    def _scores(self, store, number, prompt, ratio, seed, scorers, picture, baseline):
        """A picture without a baseline has no scores that compare with it."""
        is_same = self._is_same(prompt, ratio, seed)
        chance = random.Random(f"{number} scores")
        level = random.Random(prompt.row * 31 + seed).uniform(26, 34)
        scores = {"clip_score": level + (0 if is_same else chance.gauss(-0.5 * ratio, 0.8 * ratio))}
        if ratio > 0 and baseline:
            distance = 0 if is_same else chance.uniform(2, 60) * ratio
            scores |= {
                "clip_image": 100 - distance / 4,
                "mae": distance,
                "rmse": distance * 1.5,
                "psnr": None if is_same else 50 - distance,
                "ssim": 1 - distance / 100,
                "ms_ssim": 1 - distance / 150,
                "delta_e": distance / 4,
                "changed_pixels": min(100, distance * 2),
            }
        store.executemany(
            "INSERT INTO score (sampleID, metric, scorerID, value, picture, reference) VALUES (?, ?, ?, ?, ?, ?)",
            [
                (
                    number,
                    metric,
                    scorers["clip" if metric.startswith("clip") else "pixels"],
                    value,
                    picture,
                    None if metric == "clip_score" else baseline,
                )
                for metric, value in scores.items()
            ],
        )


    def _difference(self, store, number, prompt, ratio, seed, picture, baseline):
        chance = random.Random(f"{number} difference")
        is_same = self._is_same(prompt, ratio, seed)
        traits = (
            12 * ratio * chance.uniform(0.8, 1.2),
            2 * ratio * chance.uniform(0.8, 1.2),
            ratio,
            2 * ratio,
            4 * ratio,
            14 * ratio * chance.uniform(0.6, 1.4),
            0.003 * ratio * chance.uniform(0, 2),
            3 * ratio * chance.uniform(0, 1.4),
            ratio,
        )
        store.execute(
            "INSERT INTO difference VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                number,
                picture,
                baseline,
                bytes(1024) if is_same else map_of(ratio, number % 5),
                *(0.0 if is_same else trait for trait in traits),
            ],
        )


    def _explanation(self, store, number, prompt, ratio, seed):
        kind = self.explained.get((prompt.row, ratio, seed))
        has_merged = any((row, other) == (prompt.row, seed) for row, _, other in self.explained)
        if kind is None and not (ratio == 0 and has_merged):
            return
        if kind is not None:
            for step in MAP_STEPS:
                for position, block in enumerate(BLOCKS):
                    chance = random.Random(f"{number} {step} {block}")
                    places, cosines = self._merge_map(kind, ratio, chance)
                    store.execute(
                        "INSERT INTO explanation VALUES (?, 1, ?, 20, ?, ?, ?, ?, ?, ?)",
                        [number, step, position, block, self.grid, self.grid, places, cosines],
                    )
        for step in PREVIEW_STEPS:
            # Alike at first, then the pictures part.
            change = ratio * step / 20 if step > 1 else 0
            preview = png(32, prompt.row * 7 + seed + step, change)
            store.execute("INSERT INTO preview VALUES (?, 1, ?, 20, ?)", [number, step, preview])

    def _merge_map(self, kind, ratio, chance):
        """The bytes of destinations and similarities: of every 2 × 2 tokens the first is kept, and some of the others
        are merged into one of the kept."""
        count = self.grid**2
        tokens = range(count)
        kept = [token for token in tokens if token % self.grid % 2 == 0 and token // self.grid % 2 == 0]
        places, cosines = list(tokens), [65535] * count
        for token in set(tokens) - set(kept):
            if chance.random() >= ratio:
                continue
            places[token] = 0xFFFF if kind == "thinned" else chance.choice(kept)
            cosines[token] = 0x8000 if kind == "thinned" else chance.randrange(40000, 65000)
        return struct.pack(f"<{count}H", *places), struct.pack(f"<{count}H", *cosines)


def tool(*arguments, codes=(0,)):
    """Runs the built tool; what it prints is in the error when it fails."""
    if not TOOL.exists():
        raise FileNotFoundError(f"{TOOL} is not built: run `make test`, or `swift build -c release`")
    done = subprocess.run([TOOL, *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=300)
    if done.returncode not in codes:
        raise AssertionError(f"tome-eval {' '.join(arguments)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout
