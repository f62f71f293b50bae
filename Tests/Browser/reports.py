"""The reports that the tests open: each is made by the tool once, from a store of its own."""

import atexit
import functools
import json
import shutil
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from synthetic_run import ROOT, Prompt, SyntheticRun, tool

LONG = (
    "a close-up photo of an old wooden boat that lies on a beach at sunset, with a torn sail and two gulls on its bow"
)
SCRIPT = "<script>document.title = 'run'</script>"
QUOTED = "\"\u0301 onmouseover=\"document.title = 'run'"

SMALL = SyntheticRun(
    prompts=(
        Prompt(3, "a corgi", "Animals", "Basic", "mini"),
        Prompt(10, "an owl on a blue violin", "Animals", "Imagination", "mini"),
        Prompt(17, "a red cube to the left of a blue sphere", "Artifacts", "Properties & Positioning", "full"),
        Prompt(24, "three yellow stars", "Abstract", "Quantity", "full"),
        Prompt(31, "a tiger", "Animals", "Basic", "full"),
        Prompt(38, LONG, "Vehicles", "Complex", "mini"),
        Prompt(45, SCRIPT, "World Knowledge", "Basic", "full"),
        Prompt(52, QUOTED),
        Prompt(59, "unbreakable" * 12, "Fine-grained" * 6, "Basic", "mini"),
        Prompt(66, "A BLUE teapot & two cups", "Food & Beverage", "Quantity", "mini"),
    ),
    seeds=(0, 1),
    fates={
        (17, 0.5, 0): "failed",
        (24, 0.7, 1): "pending",
        (31, 0.3, 0): "gone",
        (3, 0.5, 0): "identical",
        (66, 0, 1): "failed",
    },
    explained={
        (10, 0.5, 0): "merged",
        (10, 0.7, 0): "merged",
        (10, 0.3, 1): "merged",
        (24, 0.5, 0): "merged",
        (38, 0.5, 0): "merged",
        (52, 0.7, 0): "merged",
        (59, 0.5, 0): "merged",
        (66, 0.5, 0): "thinned",
    },
)

# Beside the small run: two of its prompts, and one of its own.
OTHER = SyntheticRun(
    prompts=(*SMALL.prompts[:2], Prompt(80, "a lighthouse", "Outdoor Scenes", "Basic", "full")), ratios=(0, 0.5)
)

UNREAD = "another, paints a painter"

# A prompt of more words than a caption has room for, and one that is read from the right.
WORDY = SyntheticRun(
    prompts=(
        Prompt(1, "a painter who " + ", and then another, ".join(["paints a painter"] * 20), unread=UNREAD),
        Prompt(2, "ינשוף על כינור כחול"),
    ),
    ratios=(0, 0.5),
)

# Its pictures are so small that they are their own thumbnails.
TINY = replace(OTHER, size=64, explained={(10, 0.5, 0): "merged"})

# As many as Parti Prompts has.
LARGE = SyntheticRun(
    prompts=tuple(
        Prompt(
            row,
            f"prompt {row} of the {'red blue green'.split()[row % 3]} things",
            f"category {row % 12}",
            f"challenge {row % 11}",
            "full",
        )
        for row in range(1632)
    ),
    ratios=(0, 0.3, 0.5, 0.6, 0.7),
    size=32,
    # As many as are looked into by default, in as many tokens as a picture of 512 × 512 has.
    explained={(row, 0.7, 0): "merged" for row in range(0, 1000, 100)},
    grid=64,
)


@dataclass(frozen=True)
class Report:
    page: Path
    store: Path

    @property
    def url(self):
        return self.page.as_uri()

    def rows(self, sql, *values):
        """What the store says."""
        with closing(sqlite3.connect(self.store)) as store:
            store.row_factory = sqlite3.Row
            return store.execute(sql, values).fetchall()


@functools.cache
def _folder():
    # In memory where there is room: the tool syncs every file to the disk, and there are fifteen thousand.
    memory = Path("/dev/shm")
    has_room = memory.is_dir() and shutil.disk_usage(memory).free > 1 << 29
    folder = Path(tempfile.mkdtemp(prefix="tome-eval-browser-", dir=memory if has_room else None))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@functools.cache
def _made(name, run):
    folder = _folder() / name
    run.make(folder)
    return folder


def _report(name, run, *options, to=None):
    folder = _made(name, run)
    target = _folder() / to if to else folder
    # 3: the page is there, and a picture that was stored is not.
    arguments = ["report", "--output", str(folder), "--to", str(target), "--json", *options]
    written = json.loads(tool(*arguments, codes=(0, 3)))
    return Report(Path(written["report"]), folder / "tome-eval.sqlite")


@functools.cache
def small():
    """Twenty rows of four pictures with everything that can go wrong among them."""
    return _report("small", SMALL)


@functools.cache
def large():
    return _report("large", LARGE)


@functools.cache
def long_prompts():
    return _report("wordy", WORDY)


@functools.cache
def single_file():
    """Three rows of two pictures, without a folder around them."""
    return _report("tiny", TINY, "--single-file", to="single")


def other_store():
    """Of the run that stands beside the small one."""
    return _made("other", OTHER) / "tome-eval.sqlite"


@functools.cache
def two_runs():
    """The small run, A, compared with another of some of its prompts, B: the rows that both have."""
    return _report("small", SMALL, "--against-store", str(other_store()), to="two")


@functools.cache
def two_whole_runs():
    """The same with the rows that only one of them has."""
    return _report("small", SMALL, "--against-store", str(other_store()), "--all-rows", to="two-whole")


SAMPLE = ROOT / "Reports/sample"


@functools.cache
def sample():
    """The run that the README shows, with votes and pictures that were looked into: its page written anew."""
    folder = _folder() / "sample"
    shutil.copytree(SAMPLE, folder)
    written = json.loads(tool("report", "--output", str(folder), "--json"))
    return Report(Path(written["report"]), folder / "tome-eval.sqlite")
