"""Expected values for Tests/StatisticsTests/VoteReferenceTests.swift, from scipy and numpy.

Run from the repository's root: python Tests/Reference/votes.py
"""

import itertools
import json
import pathlib
import sys

import numpy as np
import scipy
from scipy import stats

VALUES = {"baseline": 1.0, "merged": 0.0, "neither": 0.5}
LEAST_PEOPLE = 6


def sandwich(scores, clusters, total):
    """The cluster-robust variance of a mean (Cameron, Gelbach & Miller 2011, equation 2.3) as a double sum over pairs
    of observations, those of one cluster alone, with the factor G / (G - 1)."""
    clusters = np.asarray(clusters)
    same = clusters[:, None] == clusters[None, :]
    count = len(set(clusters.tolist()))
    return count / (count - 1) * float((np.outer(scores, scores) * same).sum()) / total**2


def share(prompts, people, choices):
    values = np.array([VALUES[choice] for choice in choices])
    added = len(values) / len(set(prompts))
    # Two prompts, two people: one that is all for one side, one that is all for the other.
    y = np.append(values, [1.0, 0.0])
    weights = np.append(np.ones(len(values)), [added, added])
    centre = float(np.average(y, weights=weights))
    scores = weights * (y - centre)
    over_prompts = sandwich(scores, list(prompts) + [-1, -2], weights.sum())
    degrees = len(set(prompts)) + 1
    variance = over_prompts
    if len(set(people)) >= LEAST_PEOPLE:
        over_people = sandwich(scores, list(people) + [-1, -2], weights.sum())
        over_all = sandwich(scores, range(len(y)), weights.sum())
        variance = max(over_prompts, over_people, over_prompts + over_people - over_all)
        degrees = min(len(set(prompts)), len(set(people))) + 1
    error = float(np.sqrt(variance))
    low, high = stats.t.interval(0.95, degrees, centre, error)
    value = float(values.mean())
    return {
        "value": value,
        "interval": [min(max(0.0, float(low)), value), max(min(1.0, float(high)), value)],
        "p_value": float(2 * stats.t.sf(abs(centre - 0.5) / error, degrees)),
        "equivalence_p_value": float(
            max(stats.t.sf((centre - 0.4) / error, degrees), stats.t.sf((0.6 - centre) / error, degrees))),
    }


def flipped(prompts, choices):
    """scipy's permutation test of the sums of prompts."""
    sums = {}
    for prompt, choice in zip(prompts, choices):
        sums[prompt] = sums.get(prompt, 0) + VALUES[choice] - 0.5
    return float(stats.permutation_test(
        (np.array(list(sums.values())),), lambda x, axis=-1: np.sum(x, axis=axis), permutation_type="samples",
        vectorized=True, n_resamples=np.inf, alternative="two-sided").pvalue)


def case(name, generator, prompts, people, merged, neither, seen=1.0):
    rows = []
    for prompt in range(prompts):
        taste = generator.normal(0, 0.15)
        for person in range(people):
            if generator.random() > seen:
                continue
            drawn = generator.random()
            kind = "neither" if drawn < neither else "merged" if generator.random() < merged + taste else "baseline"
            rows.append((prompt, person, kind))
    columns = [list(column) for column in zip(*rows)]
    expected = share(*columns)
    expected["p_value"] = max(expected["p_value"], flipped(columns[0], columns[2]))
    return {"name": name, "prompt": columns[0], "person": columns[1], "choice": columns[2], **expected}


def alpha(items):
    """Krippendorff's alpha by its definition: observed over expected disagreement of pairs."""
    pairable = [item for item in items if len(item) > 1]
    values = [value for item in pairable for value in item]
    count = len(values)
    observed = sum(
        sum(a != b for a, b in itertools.permutations(item, 2)) / (len(item) - 1) for item in pairable) / count
    expected = sum(a != b for a, b in itertools.permutations(values, 2)) / (count * (count - 1))
    return 1 - observed / expected


# Three coders, fifteen units, missing values: the example of the coefficient's article on Wikipedia, alpha 0.691.
CODERS = ["*****34121133*3", "1*213343*******", "**21344*21133*4"]


def survival(steps, never):
    """scipy's Kaplan-Meier estimate: who noticed nothing is censored after the last step."""
    sample = stats.CensoredData(uncensored=[float(step) for step in steps], right=[99.0] * never)
    curve = stats.ecdf(sample).sf
    return [float(curve.evaluate(step)) for step in range(4)]


def main():
    generator = np.random.default_rng(31)
    units = [[int(coder[unit]) for coder in CODERS if coder[unit] != "*"] for unit in range(15)]
    assert abs(alpha(units) - 0.691) < 5e-4, alpha(units)
    steps = [0, 1, 1, 1, 2, 2, 3, 3, 3]
    fixture = {
        "versions": {"scipy": scipy.__version__, "numpy": np.__version__, "python": sys.version.split()[0]},
        "cases": [
            case("one person", generator, 12, 1, 0.4, 0.2),
            case("two people, few prompts", generator, 8, 2, 0.3, 0.3),
            case("all alike", generator, 7, 1, -1.0, 0.0),
            case("all for neither", generator, 9, 2, 0.5, 1.0),
            case("eight people, some pairs each", generator, 14, 8, 0.45, 0.4, seen=0.5),
            case("six people of one mind", generator, 10, 6, 0.1, 0.1),
        ],
        "items": units,
        "alpha": alpha(units),
        "steps": steps,
        "never": 4,
        "survival": survival(steps, 4),
    }
    target = pathlib.Path(__file__).parent.parent / "Fixtures/Statistics/votes.json"
    target.write_text(json.dumps(fixture) + "\n")


if __name__ == "__main__":
    main()
