"""Expected values for Tests/StatisticsTests/SpeedUpTests.swift, from scipy.stats and numpy.

Run from the repository's root: python Tests/Reference/speed_ups.py
"""

import json
import pathlib
import sys

import numpy as np
import scipy
from paired_statistics import splitmix64
from scipy import stats


def of_prompts(prompts, values):
    return np.array([np.mean([value for own, value in zip(prompts, values) if own == prompt])
                     for prompt in dict.fromkeys(prompts)])


def studentized(values, resamples, seed):
    """The bootstrap-t interval of the mean over the resamples of Swift's stream, never nearer than Student's t, and
    Student's alone for fewer than eight values."""
    count, error = len(values), stats.sem(values)
    if count < 8:
        return list(stats.ttest_1samp(values, 0).confidence_interval(0.95))
    stream = splitmix64(seed)
    drawn = [values[[(next(stream) * count) >> 64 for _ in range(count)]] for _ in range(resamples)]
    t = [(np.mean(one) - np.mean(values)) / stats.sem(one) for one in drawn]
    low, high = np.percentile(t, [2.5, 97.5])
    reach = stats.t.ppf(0.975, count - 1)
    return [np.mean(values) - max(high, reach) * error, np.mean(values) - min(low, -reach) * error]


def outliers(values):
    if len(values) < 20:
        return 0, 0
    low, high = np.percentile(values, [25, 75])
    beyond = (values < low - 3 * (high - low)) | (values > high + 3 * (high - low))
    squares = (values - np.median(values)) ** 2
    return int(beyond.sum()), float(squares[beyond].sum() / squares.sum())


def case(name, generator, prompts, seeds, speed_up, noise, disturbed=0):
    """Times of a machine that is now and then slow for a while: `disturbed` prompts' merged pictures took four times
    as long."""
    rows = []
    for prompt in range(prompts):
        base = generator.uniform(1, 4)
        for _ in range(seeds):
            slow = 4 if prompt < disturbed else 1
            rows.append((prompt, round(base * generator.lognormal(0, noise), 4),
                         round(base / speed_up * slow * generator.lognormal(0, noise), 4)))
    names = [row[0] for row in rows]
    pairs = np.log([row[1] / row[2] for row in rows])
    values = of_prompts(names, pairs)
    count, share = outliers(values)
    expected = np.median(values) if share > 0.5 else np.mean(values)
    interval = (stats.quantile_test(values, p=0.5).confidence_interval(0.95) if share > 0.5
                else studentized(values, 2000, 5))
    independent = stats.bootstrap(
        (values,), np.mean, n_resamples=100_000, confidence_level=0.95, method="percentile",
        rng=np.random.default_rng(3), batch=5_000).confidence_interval
    return {
        "name": name, "prompt": names, "reference": [row[1] for row in rows], "variant": [row[2] for row in rows],
        "bootstrap_seed": 5, "bootstrap_resamples": 2000,
        "center": "median" if share > 0.5 else "mean", "outliers": count,
        "speed_up": float(np.exp(expected)), "interval": [float(np.exp(end)) for end in interval],
        "geometric_mean": float(stats.gmean(np.exp(values))),
        "scipy_percentile_interval": [float(np.exp(independent.low)), float(np.exp(independent.high))],
        "slower": int((pairs < 0).sum()), "faster": int((pairs > 0).sum()),
        "noisy": bool(min((pairs < -np.log(1.05)).mean(), (pairs > np.log(1.05)).mean()) >= 0.1),
    }


def main():
    generator = np.random.default_rng(8)
    cases = [
        case("quiet", generator, 20, 2, 1.3, 0.02),
        case("noisy", generator, 40, 1, 1.05, 0.15),
        case("no gain", generator, 24, 2, 1, 0.03),
        case("few prompts", generator, 4, 3, 1.2, 0.1),
        case("disturbed", generator, 40, 1, 1.25, 0.02, disturbed=3),
        case("disturbed, even number and seeds", generator, 30, 2, 0.9, 0.05, disturbed=2),
    ]
    fixture = {
        "versions": {"scipy": scipy.__version__, "numpy": np.__version__, "python": sys.version.split()[0]},
        "cases": cases,
    }
    target = pathlib.Path(__file__).parent.parent / "Fixtures/Statistics/speed-ups.json"
    target.write_text(json.dumps(fixture) + "\n")


if __name__ == "__main__":
    main()
