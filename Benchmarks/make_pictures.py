"""Writes a folder of small pictures with a manifest, as many as wanted: what an import takes by the number of pictures.

    python Benchmarks/make_pictures.py FOLDER [--prompts 2500] [--ratios 0,0.3,0.5,0.7] [--seeds 1] [--side 64]

A prompt's picture is waves of colour; merged ones have them shifted, the more the higher the ratio, with some noise. The
manifest gives each picture invented seconds. The same arguments write the same pixels.
"""

import argparse
import csv
from pathlib import Path

import numpy
from PIL import Image

SUBJECTS = ["a corgi", "a red cube", "an old bicycle", "a bowl of soup", "a lighthouse", "two owls", "a paper boat"]
PLACES = ["on a table", "in the snow", "under a bridge", "beside a lake", "at night"]


def prompt(number: int) -> str:
    return f"{SUBJECTS[number % len(SUBJECTS)]} {PLACES[number % len(PLACES)]}, number {number}"


def picture(number: int, ratio: float, seed: int, side: int) -> numpy.ndarray:
    random = numpy.random.default_rng([number, seed] if seed else number)
    frequency, phase = random.uniform(0.05, 0.4, (2, 3)), random.uniform(0, 6, 3)
    noise = numpy.random.default_rng([number, round(ratio * 1000)] + [seed] * (seed > 0)).normal(0, 4 * ratio, (side, side, 3))
    y, x = numpy.mgrid[:side, :side]
    waves = numpy.stack(
        [numpy.sin(x * frequency[0, c] + y * frequency[1, c] + phase[c] + ratio) for c in range(3)], axis=-1)
    return numpy.clip(127.5 + 110 * waves + noise, 0, 255).astype(numpy.uint8)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--prompts", type=int, default=2500)
    parser.add_argument("--ratios", default="0,0.3,0.5,0.7")
    parser.add_argument("--seeds", type=int, default=1, help="how many, from 0")
    parser.add_argument("--side", type=int, default=64)
    options = parser.parse_args()
    ratios = [float(ratio) for ratio in options.ratios.split(",")]
    options.folder.mkdir(parents=True, exist_ok=True)
    random = numpy.random.default_rng(0)
    with open(options.folder / "manifest.csv", "w", newline="", encoding="utf8") as file:
        manifest = csv.writer(file)
        manifest.writerow(["path", "prompt", "seed", "ratio", "steps", "seconds"])
        for number in range(options.prompts):
            for seed in range(options.seeds):
                for ratio in ratios:
                    name = f"{number:05}-{ratio:g}" + (f"-{seed}" if seed else "") + ".png"
                    Image.fromarray(picture(number, ratio, seed, options.side)).save(options.folder / name)
                    seconds = (2 - ratio) * random.lognormal(0, 0.1)
                    manifest.writerow([name, prompt(number), seed, f"{ratio:g}", 20, f"{seconds:.4f}"])


if __name__ == "__main__":
    main()
