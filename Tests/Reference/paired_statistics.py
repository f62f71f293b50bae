"""Expected values for Tests/StatisticsTests, from scipy.stats and numpy.

Run from the repository's root: python Tests/Reference/paired_statistics.py
"""

import json
import pathlib
import sys

import numpy as np
import scipy
from scipy import stats

MASK = (1 << 64) - 1


def splitmix64(seed):
    """The published SplitMix64 stream, as Sources/Statistics/Intervals/SplitMix64.swift draws it."""
    state = seed
    while True:
        state = (state + 0x9E3779B97F4A7C15) & MASK
        word = state
        word = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & MASK
        yield word ^ (word >> 31)


def same_stream_interval(baseline, variant, statistic, resamples, seed):
    """numpy's percentiles over the very resamples that Swift draws: equal to rounding."""
    stream = splitmix64(seed)
    count = len(baseline)
    values = []
    for _ in range(resamples):
        indices = [(next(stream) * count) >> 64 for _ in range(count)]
        values.append(statistic(baseline[indices], variant[indices]))
    return np.percentile(values, [2.5, 97.5]).tolist()


def studentized_interval(baseline, variant, resamples, seed):
    """The bootstrap-t interval of the mean difference over Swift's resamples, never nearer than Student's t."""
    differences = variant - baseline
    count = len(differences)
    error = stats.sem(differences)
    stream = splitmix64(seed)
    values = []
    for _ in range(resamples):
        drawn = differences[[(next(stream) * count) >> 64 for _ in range(count)]]
        values.append((np.mean(drawn) - np.mean(differences)) / stats.sem(drawn))
    low, high = np.percentile(values, [2.5, 97.5])
    reach = stats.t.ppf(0.975, count - 1)
    return [float(np.mean(differences) - max(high, reach) * error),
            float(np.mean(differences) - min(low, -reach) * error)]


def scipy_interval(baseline, variant, statistic, method="percentile"):
    """scipy's own bootstrap, with so many resamples that its noise is small."""
    result = stats.bootstrap(
        (baseline, variant), lambda b, v, axis=-1: statistic(b, v, axis), paired=True, method=method,
        n_resamples=100_000, confidence_level=0.95, rng=np.random.default_rng(7), vectorized=True, batch=5_000)
    return [float(result.confidence_interval.low), float(result.confidence_interval.high)]


def difference(baseline, variant, axis=-1):
    return np.mean(variant - baseline, axis=axis)


def ratio(baseline, variant, axis=-1):
    return np.mean(baseline, axis=axis) / np.mean(variant, axis=axis)


P_VALUES = [0.012, 0.6, 0.004, 0.04, 0.012, 0.03]


def holm_adjusted(p_values):
    """Holm as the closed test procedure over Bonferroni: the largest p-value of any subset that holds the test."""
    count = len(p_values)
    subsets = [[index for index in range(count) if mask >> index & 1] for mask in range(1, 1 << count)]
    return [max(min(1, len(subset) * min(p_values[other] for other in subset)) for subset in subsets if index in subset)
            for index in range(count)]


def case(name, prompts, seeds, effect, noise, generator):
    rows = []
    for prompt in range(prompts):
        base = generator.normal(30, 3)
        shift = effect + generator.normal(0, noise)
        for seed in range(seeds):
            measured = base + generator.normal(0, 1)
            rows.append((prompt, round(measured, 4), round(measured + shift + generator.normal(0, noise / 2), 4)))
    # One failed image: its prompt has a seed less, and still counts once.
    if seeds > 1:
        rows.pop(3)
    grouped = [[row for row in rows if row[0] == prompt] for prompt in range(prompts)]
    baseline = np.array([np.mean([row[1] for row in group]) for group in grouped])
    variant = np.array([np.mean([row[2] for row in group]) for group in grouped])
    differences = variant - baseline
    exact = prompts <= 16
    test = stats.permutation_test(
        (differences,), lambda x, axis=-1: np.mean(x, axis=axis), permutation_type="samples", vectorized=True,
        n_resamples=np.inf if exact else 100_000, alternative="two-sided", rng=np.random.default_rng(11))
    return {
        "name": name,
        "prompt": [row[0] for row in rows],
        "baseline": [row[1] for row in rows],
        "variant": [row[2] for row in rows],
        "mean_difference": float(np.mean(differences)),
        "standard_deviation": float(np.std(differences, ddof=1)),
        "ratio_of_means": float(ratio(baseline, variant)),
        "bootstrap_seed": 5,
        "bootstrap_resamples": 2000,
        "difference_interval": same_stream_interval(baseline, variant, difference, 2000, 5),
        "ratio_interval": same_stream_interval(baseline, variant, ratio, 2000, 5),
        "scipy_difference_interval": scipy_interval(baseline, variant, difference),
        "scipy_ratio_interval": scipy_interval(baseline, variant, ratio),
        "studentized_interval": studentized_interval(baseline, variant, 2000, 5),
        "scipy_bca_difference_interval": scipy_interval(baseline, variant, difference, "BCa"),
        "scipy_bca_ratio_interval": scipy_interval(baseline, variant, ratio, "BCa"),
        "student_interval": [float(bound) for bound in stats.ttest_1samp(differences, 0).confidence_interval(0.95)],
        "student_tost_p_value": float(max(
            stats.ttest_1samp(differences, -1, alternative="greater").pvalue,
            stats.ttest_1samp(differences, 1, alternative="less").pvalue)),
        "p_value": float(test.pvalue),
        "p_value_is_exact": exact,
    }


def main():
    generator = np.random.default_rng(20)
    fixture = {
        "versions": {"scipy": scipy.__version__, "numpy": np.__version__, "python": sys.version.split()[0]},
        "splitmix64_seed": 42,
        "splitmix64": [str(word) for word, _ in zip(splitmix64(42), range(4))],
        "p_values": P_VALUES,
        "holm": [float(value) for value in holm_adjusted(P_VALUES)],
        "student": [[degrees, value, float(stats.t.cdf(value, degrees)), float(stats.t.ppf(0.975, degrees))]
                    for degrees in (1, 2, 5, 19, 60, 199) for value in (-2.5, 0.3, 4.0)],
        "cases": [
            case("one seed, few prompts", 9, 1, -0.8, 1.0, generator),
            case("three seeds, one missing", 14, 3, -0.3, 0.8, generator),
            case("no effect", 12, 2, 0.0, 0.5, generator),
            case("many prompts", 60, 2, -0.25, 0.9, generator),
        ],
    }
    target = pathlib.Path(__file__).parent.parent / "Fixtures/Statistics/paired.json"
    target.write_text(json.dumps(fixture, indent=1) + "\n")


if __name__ == "__main__":
    main()
