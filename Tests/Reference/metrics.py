"""Fixtures of the Metrics target: pairs of pictures and what scikit-image, NumPy and SciPy measure on them.

    python Tests/Reference/metrics.py
"""

import json
from pathlib import Path

import numpy as np
import PIL
import scipy
import skimage
from PIL import Image
from scipy.ndimage import gaussian_filter
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

FOLDER = Path(__file__).resolve().parents[1] / "Fixtures" / "Metrics"


def scene(width, height, phase):
    y, x = np.mgrid[0:height, 0:width]
    red = 127 + 120 * np.sin(x / 9 + phase)
    green = np.where((x // 8 + y // 8) % 2 == 0, 230, 20)
    blue = 255 * (x + y) / (width + height)
    return np.clip(np.stack([red, green, blue], axis=-1).round(), 0, 255).astype(np.uint8)


def noisy(picture, sigma, seed=11):
    noise = np.random.default_rng(seed).normal(0, sigma, picture.shape)
    return np.clip((picture + noise).round(), 0, 255).astype(np.uint8)


def halved(plane):
    """2x2 means; the last row or column of an odd side is repeated."""
    height, width = plane.shape
    plane = np.pad(plane, ((0, height % 2), (0, width % 2)), mode="edge")
    return plane.reshape(plane.shape[0] // 2, 2, plane.shape[1] // 2, 2).mean(axis=(1, 3))


def ms_ssim(a, b):
    """Wang, Simoncelli, Bovik 2003, per channel, then the mean; written from the paper."""

    def smooth(plane):
        return gaussian_filter(plane, 1.5, truncate=3.5)[5:-5, 5:-5]

    def one_channel(a, b):
        product = 1.0
        weights = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333]
        for scale, weight in enumerate(weights):
            mean_a, mean_b = smooth(a), smooth(b)
            variance_a = smooth(a * a) - mean_a**2
            variance_b = smooth(b * b) - mean_b**2
            covariance = smooth(a * b) - mean_a * mean_b
            c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
            value = (2 * covariance + c2) / (variance_a + variance_b + c2)
            if scale == len(weights) - 1:
                value = value * (2 * mean_a * mean_b + c1) / (mean_a**2 + mean_b**2 + c1)
            product *= max(value.mean(), 0) ** weight
            a, b = halved(a), halved(b)
        return product

    return np.mean([one_channel(a[..., c].astype(float), b[..., c].astype(float)) for c in range(3)])


def measured(a, b):
    difference = a.astype(float) - b.astype(float)
    identical = bool((a == b).all())
    result = {
        "identical": identical,
        "mae": np.abs(difference).mean(),
        "rmse": np.sqrt((difference**2).mean()),
        "changed_pixels": (np.abs(difference).max(axis=-1) > 8).mean(),
    }
    if not identical:
        result["psnr"] = peak_signal_noise_ratio(a, b, data_range=255)
    if min(a.shape[:2]) >= 11:
        result["ssim"] = structural_similarity(
            a, b, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=255, channel_axis=-1
        )
    if min(a.shape[:2]) >= 176:
        result["ms_ssim"] = ms_ssim(a, b)
    return {key: value if isinstance(value, bool) else float(value) for key, value in result.items()}


def pairs():
    small = scene(40, 27, 0)
    yield "noise-little", small, noisy(small, 2)
    yield "noise-much", small, noisy(small, 60)
    yield "other-picture", small, scene(40, 27, 2)
    yield "inverted", small, 255 - small
    one = small.copy()
    one[13, 20, 1] ^= 1
    yield "one-value", small, one
    yield "identical", small, small
    yield "flat", np.full((16, 16, 3), 200, np.uint8), np.full((16, 16, 3), 190, np.uint8)
    yield "window-sized", small[:11, :11], noisy(small, 20)[:11, :11]
    yield "below-the-window", small[:10, :30], noisy(small, 20)[:10, :30]
    large = scene(189, 176, 0)
    yield "five-scales", large, np.roll(scene(189, 176, 0.3), 1, axis=0)
    yield "five-scales-inverted", large, 255 - large


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    cases = {}
    for name, a, b in pairs():
        Image.fromarray(a).save(FOLDER / f"{name}-a.png", optimize=True)
        Image.fromarray(b).save(FOLDER / f"{name}-b.png", optimize=True)
        cases[name] = measured(a, b)
    versions = {
        "numpy": np.__version__,
        "pillow": PIL.__version__,
        "scikit-image": skimage.__version__,
        "scipy": scipy.__version__,
    }
    (FOLDER / "metrics.json").write_text(json.dumps({"versions": versions, "cases": cases}, indent=1) + "\n")
    print(f"{len(list(FOLDER.iterdir()))} files in {FOLDER}")
