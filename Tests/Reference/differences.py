"""Fixtures of Metrics' differences: what NumPy, SciPy and scikit-image make of the pairs of pictures that metrics.py drew.

    python Tests/Reference/differences.py
"""

import base64
import json
from pathlib import Path

import numpy as np
import PIL
import scipy
import skimage
from PIL import Image
from scipy.ndimage import sobel, uniform_filter
from skimage.color import rgb2lab

FIXTURES = Path(__file__).resolve().parents[1] / "Fixtures"
LUMA = [299, 587, 114]
SIDE = 32


def grid(own, baseline):
    """A byte a cell, on a logarithmic scale from 1/16 of a level to 255."""
    difference = np.abs(own.astype(float) - baseline).mean(axis=-1)
    rows, columns = (
        [slice(i * n // SIDE, max((i + 1) * n // SIDE, i * n // SIDE + 1)) for i in range(SIDE)]
        for n in difference.shape
    )
    levels = np.array([[difference[row, column].mean() for column in columns] for row in rows])
    least = 1 / 16
    steps = 1 + 254 * np.log(np.maximum(levels, least) / least) / np.log(255 / least)
    return np.where(levels > 0, np.clip(np.round(steps), 1, 255), 0).astype(np.uint8)


def blurred(plane, radius):
    def box(plane):
        inside = uniform_filter(np.ones_like(plane), 2 * radius + 1, mode="constant")
        return uniform_filter(plane, 2 * radius + 1, mode="constant") / inside

    return box(box(plane))


def rms(values):
    return np.sqrt((values**2).mean())


def traits(own, baseline):
    luma = (baseline.astype(np.int64) * LUMA).sum(axis=-1)
    magnitude = sobel(luma, axis=0, mode="nearest") ** 2 + sobel(luma, axis=1, mode="nearest") ** 2
    ordered = np.sort(magnitude.ravel())
    edges = magnitude > ordered[(ordered.size - 1) * 8 // 10]
    flat = magnitude <= ordered[(ordered.size - 1) // 2]
    difference = np.abs(own.astype(float) - baseline).mean(axis=-1)
    signed = ((own.astype(np.int64) - baseline.astype(np.int64)) * LUMA).sum(axis=-1) / 1000
    side = min(signed.shape)
    narrow = blurred(signed, max(1, (side + 64) // 128))
    low = blurred(signed, max(2, (side + 8) // 16))
    high = signed - narrow
    colors = [rgb2lab(picture / 255) for picture in (own, baseline)]
    means, deviations = (
        np.linalg.norm(np.subtract(*(statistic(color.reshape(-1, 3), axis=0) for color in colors)))
        for statistic in (np.mean, np.std)
    )
    result = {
        "onFlat": difference[flat].mean(),
        "low": rms(low),
        "mid": rms(narrow - low),
        "high": rms(high),
        "specks": (np.abs(high[flat]) > 8).mean(),
        "meanShift": means,
        "spreadShift": deviations,
    }
    if edges.any():
        result |= {"onEdges": difference[edges].mean(), "highOnEdges": rms(high[edges])}
    return {key: float(value) for key, value in result.items()}


if __name__ == "__main__":
    cases = {}
    for file in sorted((FIXTURES / "Metrics").glob("*-a.png")):
        name = file.name.removesuffix("-a.png")
        baseline, own = (np.asarray(Image.open(file.with_name(f"{name}-{side}.png")).convert("RGB")) for side in "ab")
        cases[name] = traits(own, baseline) | {"map": base64.b64encode(grid(own, baseline).tobytes()).decode()}
    versions = {
        "numpy": np.__version__,
        "pillow": PIL.__version__,
        "scikit-image": skimage.__version__,
        "scipy": scipy.__version__,
    }
    folder = FIXTURES / "Differences"
    folder.mkdir(exist_ok=True)
    (folder / "differences.json").write_text(json.dumps({"versions": versions, "cases": cases}, indent=1) + "\n")
    print(f"{len(cases)} cases in {folder}")
