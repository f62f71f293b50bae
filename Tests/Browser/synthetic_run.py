"""A finished run without its hours of computing: the store that a real, tiny sweep made, with other prompts,
pictures and scores put in their place.

The tables are the tool's own. A column that is not known here is an error, so that the schema cannot go its way
unnoticed.
"""

import dataclasses
import json
import random
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from pictures import png

ROOT = Path(__file__).resolve().parents[2]
TOOL = ROOT / ".build/release/tome-eval"

WRITTEN = {
    "prompt": {"id", "runID", "row", "text", "category", "challenge", "subset"},
    "sample": {
        "id",
        "promptID",
        "variantID",
        "seed",
        "state",
        "contentKey",
        "imagePath",
        "imageHash",
        "latentsHash",
        "seconds",
        "secondsPerStep",
        "stageSeconds",
        "peakMemoryBytes",
        "mergeStatistics",
        "error",
    },
    "score": {"sampleID", "metric", "value", "clipFingerprint", "lpipsFingerprint"},
}


@dataclasses.dataclass(frozen=True)
class Prompt:
    row: int
    text: str
    category: str | None = None
    challenge: str | None = None
    subset: str | None = None


@dataclasses.dataclass(frozen=True, eq=False)
class SyntheticRun:
    prompts: tuple[Prompt, ...]
    ratios: tuple[float, ...] = (0, 0.3, 0.5, 0.7)
    seeds: tuple[int, ...] = (0,)
    size: int = 352
    # By (row, ratio, seed): "failed", "pending", "gone" (made, but its file is not there) or "identical".
    fates: dict = dataclasses.field(default_factory=dict)

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
        run, settings, clip = store.execute("SELECT id, settings, clipFingerprint FROM run").fetchone()
        settings = json.loads(settings) | {
            "seeds": self.seeds,
            "width": self.size,
            "height": self.size,
            "promptSet": "synthetic.tsv",
            "steps": 20,
        }
        store.execute("UPDATE run SET name = 'synthetic', settings = ?", [json.dumps(settings)])
        variants = store.execute("SELECT id, ratio FROM variant ORDER BY ratio").fetchall()
        store.execute("DELETE FROM prompt")
        number = 0
        for prompt_id, prompt in enumerate(self.prompts, 1):
            store.execute(
                "INSERT INTO prompt (id, runID, row, text, category, challenge, subset) VALUES (?, ?, ?, ?, ?, ?, ?)",
                [prompt_id, run, *dataclasses.astuple(prompt)],
            )
            for seed in self.seeds:
                for variant, ratio in variants:
                    number += 1
                    self._sample(store, folder, number, prompt_id, prompt, variant, ratio, seed, clip)

    def _sample(self, store, folder, number, prompt_id, prompt, variant, ratio, seed, clip):
        fate = self.fates.get((prompt.row, ratio, seed))
        is_done = fate not in ("failed", "pending")
        path = f"images/{prompt.row:04}-s{seed}-r{ratio:g}.png" if is_done else None
        chance = random.Random(number)
        store.execute(
            "INSERT INTO sample (id, promptID, variantID, seed, state, contentKey, imagePath, seconds, error) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                number,
                prompt_id,
                variant,
                seed,
                "done" if is_done else fate,
                f"{number}",
                path,
                round((4.1 - 1.9 * ratio) * chance.uniform(0.95, 1.05), 4) if is_done else None,
                "not finite after step 3" if fate == "failed" else None,
            ],
        )
        if not is_done:
            return
        is_same = ratio == 0 or fate == "identical"
        if fate != "gone":
            (folder / path).write_bytes(
                png(self.size, prompt.row * 7 + seed, 0 if is_same else min(1, ratio * chance.uniform(0.5, 1.4)))
            )
        level = random.Random(prompt.row * 31 + seed).uniform(26, 34)
        scores = {"clip_score": level + (0 if is_same else chance.gauss(-0.5 * ratio, 0.8 * ratio))}
        if ratio > 0:
            distance = 0 if is_same else chance.uniform(2, 60) * ratio
            scores |= {
                "clip_image": 100 - distance / 4,
                "mae": distance,
                "rmse": distance * 1.5,
                "psnr": None if is_same else 50 - distance,
                "ssim": 1 - distance / 100,
                "ms_ssim": 1 - distance / 150,
                "changed_pixels": min(100, distance * 2),
            }
        store.executemany(
            "INSERT INTO score (sampleID, metric, value, clipFingerprint) VALUES (?, ?, ?, ?)",
            [(number, metric, value, clip if metric.startswith("clip") else None) for metric, value in scores.items()],
        )


def tool(*arguments):
    """Runs the built tool; what it prints is in the error when it fails."""
    if not TOOL.exists():
        raise FileNotFoundError(f"{TOOL} is not built: run `make test`, or `swift build -c release`")
    done = subprocess.run([TOOL, *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=300)
    if done.returncode:
        raise AssertionError(f"tome-eval {' '.join(arguments)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout
