"""Prints how much saving pictures as JPEG moves their scores: of each JPEG against its own PNG, and of what a comparison
of ratios comes to.

    python Benchmarks/jpeg_scores.py TOOL RUN --clip FOLDER [--qualities 95,80]

TOOL is the built tome-eval, RUN the folder of a finished run with its report (pictures.csv), FOLDER a CLIP checkpoint.
"""

import argparse
import csv
import json
import statistics
import subprocess
import tempfile
from pathlib import Path

from PIL import Image, __version__ as pillow


def score(tool, clip, picture, png, prompt):
    command = [tool, "score", picture, "--baseline", png, "--prompt", prompt, "--clip", clip, "--json"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def comparison(tool, clip, manifest, output):
    """What an import of the pictures that a manifest names comes to: its rows by ratio, and its pictures' CLIP scores."""
    subprocess.run([tool, "import", manifest, "--output", output, "--clip", clip], check=True, stdout=subprocess.PIPE)
    result = subprocess.run(
        [tool, "compare", "--output", output, "--json"], check=True, capture_output=True, text=True)
    with open(output / "pictures.csv", encoding="utf8") as file:
        scores = {key(row): float(row["clip_score"]) for row in csv.DictReader(file)}
    return {row["ratio"]: row for row in json.loads(result.stdout)["ratios"]}, scores


def key(row):
    return row["prompt"], row["seed"], float(row["ratio"])


def write_manifest(path, rows, name):
    with open(path, "w", newline="", encoding="utf8") as file:
        manifest = csv.writer(file)
        manifest.writerow(["path", "prompt", "seed", "ratio"])
        for row in rows:
            manifest.writerow([name(row), row["prompt"], row["seed"], row["ratio"]])


def spread(values, decimals):
    values = sorted(values)
    return (f"{statistics.mean(values):.{decimals}f} ({values[len(values) // 20]:.{decimals}f} to "
            f"{values[-1 - len(values) // 20]:.{decimals}f})")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("tool")
    parser.add_argument("run", type=Path)
    parser.add_argument("--clip", required=True)
    parser.add_argument("--qualities", default="95,80")
    options = parser.parse_args()
    qualities = [int(quality) for quality in options.qualities.split(",")]
    with open(options.run / "pictures.csv", encoding="utf8") as file:
        rows = [row for row in csv.DictReader(file) if row["state"] == "done"]
    for row in rows:
        row["name"] = Path(row["image"]).stem
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        (folder / "png").mkdir()
        for row in rows:
            Image.open(options.run / row["image"]).convert("RGB").save(folder / "png" / f"{row['name']}.png")
        write_manifest(folder / "png.csv", rows, lambda row: f"png/{row['name']}.png")
        table, scores = comparison(options.tool, options.clip, folder / "png.csv", folder / "png-run")
        tables = {"PNG": table}
        print(f"{len(rows)} pictures, Pillow {pillow}; means, with the 5th and 95th percentile in brackets\n")
        print("| JPEG against its own PNG | CLIP score, change | the same, size | CLIP-I | SSIM | PSNR |")
        print("|---|---|---|---|---|---|")
        for quality in qualities:
            lossy, again = folder / f"jpeg-{quality}", folder / f"decoded-{quality}"
            lossy.mkdir()
            again.mkdir()
            moved = []
            for row in rows:
                png = folder / "png" / f"{row['name']}.png"
                jpeg, decoded = lossy / f"{row['name']}.jpg", again / f"{row['name']}.png"
                Image.open(png).save(jpeg, quality=quality)
                Image.open(jpeg).save(decoded)
                after = score(options.tool, options.clip, decoded, png, row["prompt"])
                moved.append({**after, "change": after["clip_score"] - scores[key(row)]})
            print(f"| quality {quality} | {spread([one['change'] for one in moved], 2)} "
                  f"| {spread([abs(one['change']) for one in moved], 2)} "
                  f"| {spread([one['clip_image'] for one in moved], 2)} | {spread([one['ssim'] for one in moved], 4)} "
                  f"| {spread([one['psnr'] for one in moved], 1)} dB |", flush=True)
            write_manifest(folder / f"{quality}.csv", rows, lambda row: f"jpeg-{quality}/{row['name']}.jpg")
            tables[f"JPEG {quality}"], _ = comparison(
                options.tool, options.clip, folder / f"{quality}.csv", folder / f"run-{quality}")
        ratios = sorted(tables["PNG"])
        print("\n| all pictures as | " + " | ".join(
            f"{ratio:g}: change of the CLIP score | {ratio:g}: SSIM" for ratio in ratios) + " |")
        print("|---" * (1 + 2 * len(ratios)) + "|")
        for name, table in tables.items():
            cells = []
            for ratio in ratios:
                own = table[ratio]["score"]
                cells += [f"{own['delta']:+.2f} [{own['ci_low']:+.2f}, {own['ci_high']:+.2f}]",
                          f"{table[ratio]['means']['ssim']:.4f}"]
            print(f"| {name} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
