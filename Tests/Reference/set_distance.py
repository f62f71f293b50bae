"""Fixture of the Metrics target: CMMD in double precision, written from the paper (arXiv 2401.09603), with its own
implementation's constants (sigma 10, scale 1000), of drawn pairs of embeddings.

    python Tests/Reference/set_distance.py
"""

import json
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).resolve().parents[1] / "Fixtures" / "Metrics"
COUNT, SIZE = 12, 8


def kernel(a, b):
    squares = ((a[:, None, :] - b[None, :, :]) ** 2).sum(-1)
    return np.exp(-squares / (2 * 10**2))


def distance(a, b):
    return 1000 * (kernel(a, a).mean() + kernel(b, b).mean() - 2 * kernel(a, b).mean())


def unbiased(a, b):
    count = len(a)
    within = sum((kernel(x, x).sum() - count) / (count * (count - 1)) for x in (a, b))
    return 1000 * (within - 2 * kernel(a, b).mean())


def floor(a, b, units, quantile=0.95):
    """The quantile over all patterns of swapped units, and the share with at least the distance itself."""
    names = sorted(set(units))
    swaps = np.array([names.index(unit) for unit in units])
    values = []
    for pattern in range(2 ** len(names)):
        swapped = (pattern >> swaps & 1).astype(bool)[:, None]
        values.append(distance(np.where(swapped, b, a), np.where(swapped, a, b)))
    observed = distance(a, b)
    return float(np.quantile(values, quantile)), float(np.mean(np.array(values) >= observed - 1e-9))


def main():
    generator = np.random.default_rng(5)
    cases = {}
    for name, shift, units in (
        ("near", 0.02, list(range(COUNT))),
        ("far", 1.5, list(range(COUNT))),
        ("two seeds", 0.4, [index // 2 for index in range(COUNT)]),
    ):
        reference = generator.normal(size=(COUNT, SIZE)).astype(np.float32)
        own = (reference + shift + generator.normal(0, 0.3, (COUNT, SIZE))).astype(np.float32)
        a, b = (x.astype(np.float64) / np.linalg.norm(x.astype(np.float64), axis=1, keepdims=True)
                for x in (own, reference))
        quantile, share = floor(a, b, units)
        cases[name] = {
            "units": units, "own": own.tolist(), "reference": reference.tolist(), "value": distance(a, b),
            "unbiased": unbiased(a, b), "floor": quantile, "p_value": share,
        }
    document = {"versions": {"numpy": np.__version__}, "cases": cases}
    (FOLDER / "set-distance.json").write_text(json.dumps(document) + "\n")


if __name__ == "__main__":
    main()
