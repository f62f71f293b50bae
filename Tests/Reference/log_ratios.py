"""Expected values for Tests/StatisticsTests/LogRatioTests.swift, from scipy.stats and numpy.

Run from the repository's root: python Tests/Reference/log_ratios.py
"""

import json
import pathlib
import sys

import numpy as np
import scipy
from scipy import stats


def drawn(generator, median, noise, count):
    return [round(float(median * generator.lognormal(0, noise)), 4) for _ in range(count)]


def welch(one, other):
    """scipy's own interval has fractional degrees of freedom; here they are rounded down."""
    squares = np.array([values.var(ddof=1) / len(values) for values in (one, other)])
    counts = np.array([len(one), len(other)])
    degrees = squares.sum() ** 2 / (squares**2 / (counts - 1)).sum()
    mean, reach = one.mean() - other.mean(), stats.t.ppf(0.975, int(degrees)) * np.sqrt(squares.sum())
    theirs = stats.ttest_ind(one, other, equal_var=False).confidence_interval(0.95)
    assert mean - reach <= theirs.low and theirs.high <= mean + reach
    return mean, [mean - reach, mean + reach]


def paired(name, generator, quotient, noise, count):
    below = drawn(generator, 1.5, 0.2, count)
    above = [round(value * quotient * float(generator.lognormal(0, noise)), 4) for value in below]
    one, other = np.log(above), np.log(below)
    interval = stats.ttest_rel(one, other).confidence_interval(0.95) if count > 2 else None
    quotients = np.array(above) / np.array(below)
    return {
        "name": name, "paired": True, "numerators": above, "denominators": below,
        "log_mean": float(np.mean(one - other)), "log_interval": interval and [interval.low, interval.high],
        "geometric_mean": float(stats.gmean(quotients)), "range": [quotients.min(), quotients.max()],
    }


def unpaired(name, generator, quotient, noises, counts):
    above = drawn(generator, 1.5 * quotient, noises[0], counts[0])
    below = drawn(generator, 1.5, noises[1], counts[1])
    one, other = np.log(above), np.log(below)
    mean, interval = welch(one, other) if min(counts) > 2 else (one.mean() - other.mean(), None)
    return {
        "name": name, "paired": False, "numerators": above, "denominators": below,
        "log_mean": float(mean), "log_interval": interval,
        "geometric_mean": float(stats.gmean(above) / stats.gmean(below)),
        "range": [min(above) / max(below), max(above) / min(below)],
    }


def main():
    generator = np.random.default_rng(21)
    cases = [
        paired("one round", generator, 1.3, 0.02, 1),
        paired("two rounds", generator, 1.3, 0.02, 2),
        paired("three rounds", generator, 1.3, 0.02, 3),
        paired("ten noisy rounds", generator, 0.8, 0.2, 10),
        unpaired("two and five", generator, 1.1, (0.02, 0.02), (2, 5)),
        unpaired("alike", generator, 1.1, (0.02, 0.02), (4, 5)),
        unpaired("one much noisier", generator, 0.9, (0.3, 0.01), (3, 12)),
    ]
    fixture = {
        "versions": {"scipy": scipy.__version__, "numpy": np.__version__, "python": sys.version.split()[0]},
        "cases": cases,
    }
    target = pathlib.Path(__file__).parent.parent / "Fixtures/Statistics/log-ratios.json"
    target.write_text(json.dumps(fixture) + "\n")


if __name__ == "__main__":
    main()
