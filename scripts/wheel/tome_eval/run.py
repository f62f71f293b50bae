"""Runs read from a store, which is never written to."""
import contextlib
import functools
import json
import pathlib
import re
import sqlite3
import subprocess

from . import program

PICTURES = """
SELECT sample.id AS sample, prompt.row AS prompt_row, prompt.text AS prompt, prompt.category, prompt.challenge,
  prompt.subset, sample.seed, variant.ratio, variant.effectiveRatio AS effective_ratio,
  variant.isBaseline AS is_baseline, variant.recipe, sample.state, sample.error, sample.seconds,
  sample.secondsPerStep AS seconds_per_step, sample.peakMemoryBytes AS peak_memory_bytes, picture.base, picture.path,
  picture.width, picture.height
FROM sample JOIN prompt ON prompt.id = sample.promptID JOIN variant ON variant.id = sample.variantID
  LEFT JOIN picture ON picture.id = sample.pictureID
WHERE prompt.runID = ? ORDER BY sample.id
"""

# Of the pictures that are there now, and against those that are their baselines now.
SCORES = """
SELECT score.sampleID, score.metric, score.scorerID, score.value
FROM score JOIN sample ON sample.id = score.sampleID JOIN prompt ON prompt.id = sample.promptID
  JOIN picture ON picture.id = sample.pictureID
WHERE prompt.runID = ? AND score.picture = picture.fileHash AND (score.reference IS NULL OR score.reference = (
  SELECT first.fileHash FROM sample AS other JOIN variant ON variant.id = other.variantID
    JOIN picture AS first ON first.id = other.pictureID
  WHERE other.promptID = sample.promptID AND other.seed = sample.seed AND variant.isBaseline AND other.state = 'done'))
"""

SCORERS = """
SELECT scorer.id, scorer.kind, scorer.name, scorer.fingerprint
FROM scorer JOIN runScorer ON scorerID = scorer.id WHERE runID = ? ORDER BY position
"""


class StoreError(Exception):
    """A store that cannot be read, or that has no such run."""


class Run:
    """A run of a store. What is read is kept; load it again to see what came since."""

    def __init__(self, folder, *, store=None, name=None):
        self.folder = pathlib.Path(folder)
        self.store = pathlib.Path(store) if store is not None else self.folder / "tome-eval.sqlite"
        if not self.store.is_file():
            raise FileNotFoundError(f"{self.store}: no such file; `tome-eval sweep --output {folder}` makes one")
        runs = self._rows("SELECT id, name FROM run ORDER BY lastSwept, id")
        found = [row for row in runs if name is None or row["name"] == name]
        if not found:
            known = ", ".join(row["name"] for row in runs) or "none"
            raise StoreError(f"{self.store}: no run is called {name!r}; there are: {known}")
        self._id, self.name = found[-1]["id"], found[-1]["name"]

    def __repr__(self):
        return f"<tome_eval run {self.name!r} in {self.store}>"

    @functools.cached_property
    def pictures(self):
        """A pandas.DataFrame with a row for every picture of the plan, made or not.

        Prompt, seed, ratio, settings, state, seconds, file, and a column for each score: `ssim`, `clip_score`, … and
        `clip_score@NAME` where a further checkpoint of a kind scored. What a picture does not have is missing.
        """
        pandas = _pandas()
        rows = self._rows(PICTURES, self._id)
        names = self._score_names()
        scores = {}
        for row in self._rows(SCORES, self._id):
            name = names.get(row["scorerID"])
            if name is not None:
                scores.setdefault(row["sampleID"], {})[name(row["metric"])] = row["value"]
        table = []
        for row in rows:
            place, path = row.pop("base"), row.pop("path")
            # Without a sign, as torch takes seeds.
            row["seed"] &= 2**64 - 1
            row["is_baseline"] = bool(row["is_baseline"])
            folder = self.store.parent if place == "store" else self.folder
            row["file"] = str(folder / path) if path is not None else None
            row.update(_settings(json.loads(row.pop("recipe"))))
            row.update(scores.get(row.pop("sample"), {}))
            table.append(row)
        return pandas.DataFrame(table)

    @functools.cached_property
    def verdicts(self):
        """A pandas.DataFrame with a row for every ratio against the unmerged pictures, as `tome-eval compare` has them.

        `label`, `verdict`, `speedup`, `score_delta`, `score_ci_low`, … A `warnings` is a list.
        """
        return _pandas().json_normalize(self.compare()["ratios"], sep="_")

    def compare(self, *arguments):
        """What `tome-eval compare --json` says of the run, as a dictionary; arguments are those of the command.

        Raises StoreError with the command's sentence where it refuses them.
        """
        command = [program(), "compare", "--output", self.folder, "--store", self.store, "--run", self.name, "--json"]
        done = subprocess.run([*command, *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL)
        # 1 is a gate that failed, 3 are pictures that are missing: the numbers are there.
        if done.returncode not in (0, 1, 3) or not done.stdout:
            raise StoreError(done.stderr.strip() or f"tome-eval compare ended with {done.returncode}")
        return json.loads(done.stdout)

    def _rows(self, query, *values):
        address = self.store.absolute().as_uri() + "?mode=ro"
        try:
            with contextlib.closing(sqlite3.connect(address, uri=True)) as database:
                database.row_factory = sqlite3.Row
                return [dict(row) for row in database.execute(query, values)]
        except sqlite3.OperationalError as error:
            if "no such" not in str(error):
                raise StoreError(f"{self.store}: {error}") from error
            raise StoreError(
                f"{self.store}: no store of this version ({error}); the same sweep again brings an older one up to date"
            ) from error
        except sqlite3.DatabaseError as error:
            raise StoreError(f"{self.store}: {error}") from error

    def _score_names(self):
        """By the scorer: what a metric that it computes is called, as tome-eval calls it."""
        scorers = self._rows(SCORERS, self._id)
        names = {}
        for scorer in scorers:
            own = [other for other in scorers if other["kind"] == scorer["kind"]]
            if own[0] is scorer:
                names[scorer["id"]] = lambda metric: metric
                continue
            name = scorer["name"]
            if sum(other["name"] == name for other in own) > 1:
                name += "-" + scorer["fingerprint"][:8]
            names[scorer["id"]] = lambda metric, name=name: f"{metric}@{name}"
        return names


def _settings(recipe):
    """What decides a variant's pictures, flat and in snake_case: steps, scheduler, merging_sx, …"""
    flat = {}
    for key, value in recipe.items():
        key = re.sub("[A-Z]", lambda match: "_" + match[0].lower(), key)
        if isinstance(value, dict):
            flat.update((f"{key}_{inner}", value) for inner, value in _settings(value).items())
        elif key not in ("width", "height", "version"):
            flat[key] = value
    return flat


def _pandas():
    try:
        import pandas
    except ImportError as error:
        raise ImportError('tables need pandas: pip install "tome-eval[pandas]"') from error
    return pandas
