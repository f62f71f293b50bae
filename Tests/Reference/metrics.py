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
from skimage.color import deltaE_ciede2000, rgb2lab
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

# CIEDE2000's test data of Sharma, Wu, Dalal 2005, table 1: L*, a*, b* of two colours, and their difference.
PUBLISHED_COLOR_DIFFERENCES = [
    (50, 2.6772, -79.7751, 50, 0, -82.7485, 2.0425),
    (50, 3.1571, -77.2803, 50, 0, -82.7485, 2.8615),
    (50, 2.8361, -74.0200, 50, 0, -82.7485, 3.4412),
    (50, -1.3802, -84.2814, 50, 0, -82.7485, 1.0000),
    (50, -1.1848, -84.8006, 50, 0, -82.7485, 1.0000),
    (50, -0.9009, -85.5211, 50, 0, -82.7485, 1.0000),
    (50, 0, 0, 50, -1, 2, 2.3669),
    (50, -1, 2, 50, 0, 0, 2.3669),
    (50, 2.49, -0.001, 50, -2.49, 0.0009, 7.1792),
    (50, 2.49, -0.001, 50, -2.49, 0.0010, 7.1792),
    (50, 2.49, -0.001, 50, -2.49, 0.0011, 7.2195),
    (50, 2.49, -0.001, 50, -2.49, 0.0012, 7.2195),
    (50, -0.001, 2.49, 50, 0.0009, -2.49, 4.8045),
    (50, -0.001, 2.49, 50, 0.0010, -2.49, 4.8045),
    (50, -0.001, 2.49, 50, 0.0011, -2.49, 4.7461),
    (50, 2.5, 0, 50, 0, -2.5, 4.3065),
    (50, 2.5, 0, 73, 25, -18, 27.1492),
    (50, 2.5, 0, 61, -5, 29, 22.8977),
    (50, 2.5, 0, 56, -27, -3, 31.9030),
    (50, 2.5, 0, 58, 24, 15, 19.4535),
    (50, 2.5, 0, 50, 3.1736, 0.5854, 1.0000),
    (50, 2.5, 0, 50, 3.2972, 0, 1.0000),
    (50, 2.5, 0, 50, 1.8634, 0.5757, 1.0000),
    (50, 2.5, 0, 50, 3.2592, 0.3350, 1.0000),
    (60.2574, -34.0099, 36.2677, 60.4626, -34.1751, 39.4387, 1.2644),
    (63.0109, -31.0961, -5.8663, 62.8187, -29.7946, -4.0864, 1.2630),
    (61.2901, 3.7196, -5.3901, 61.4292, 2.2480, -4.9620, 1.8731),
    (35.0831, -44.1164, 3.7933, 35.0232, -40.0716, 1.5901, 1.8645),
    (22.7233, 20.0904, -46.6940, 23.0331, 14.9730, -42.5619, 2.0373),
    (36.4612, 47.8580, 18.3852, 36.2715, 50.5065, 21.2231, 1.4146),
    (90.8027, -2.0831, 1.4410, 91.1528, -1.6435, 0.0447, 1.4441),
    (90.9257, -0.5406, -0.9208, 88.6381, -0.8985, -0.7239, 1.5381),
    (6.7747, -0.2908, -2.4247, 5.8714, -0.0985, -2.2286, 0.6377),
    (2.0776, 0.0795, -1.1350, 0.9033, -0.0636, -0.5514, 0.9082),
]
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


def published_color_differences():
    """What scikit-image makes of the published pairs, once it has given the published numbers."""
    for *colors, published in PUBLISHED_COLOR_DIFFERENCES:
        first, second = np.array(colors, float).reshape(2, 3)
        difference = float(deltaE_ciede2000(first, second))
        if f"{difference:.4f}" != f"{published:.4f}":
            raise SystemExit(f"{colors}: scikit-image has {difference}, the paper {published}")
        yield {
            "first": first.tolist(),
            "second": second.tolist(),
            "published": published,
            "difference": difference,
        }


def measured(a, b):
    difference = a.astype(float) - b.astype(float)
    identical = bool((a == b).all())
    result = {
        "identical": identical,
        "mae": np.abs(difference).mean(),
        "rmse": np.sqrt((difference**2).mean()),
        "delta_e": deltaE_ciede2000(rgb2lab(a), rgb2lab(b)).mean(),
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
    # What else lies here is another script's.
    for old in FOLDER.glob("*.png"):
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
    colors = {"versions": versions, "pairs": list(published_color_differences())}
    (FOLDER / "color-differences.json").write_text(json.dumps(colors) + "\n")
    print(f"{len(list(FOLDER.iterdir()))} files in {FOLDER}")
