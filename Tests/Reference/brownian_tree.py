"""Writes Tests/Fixtures/Noise/brownian_tree.json: words of numpy's SeedSequence, Python's `round(time, 6)`, and
increments of torchsde's BrownianInterval with the arguments that diffusers' BatchedBrownianTree gives it.

A tree is asked for the intervals of a sampler with two evaluations a step, in its order, for others of its points, and
by a second one of the same seed in another order; the two agree bit for bit.
"""

import json
import math
import random
import warnings
from importlib.metadata import version

import numpy as np
import torch
import torchsde

from fixture_io import FIXTURES

SEQUENCES = [
    (0, [], 4, 6), (0, [], 24, 3), (42, [], 24, 30), (2**32 + 7, [], 24, 3), (2**64 - 1, [], 4, 9),
    (0, [0, 0], 24, 4), (7, [1, 1], 24, 4), (7, [5, 3], 24, 4), (7, [5, 3], 4, 4), (2**63 + 11, [2**23 - 1, 23], 24, 4),
    (2**64 - 1, [2**33 + 1, 34], 24, 4),
]  # fmt: skip
# Seed, first and last noise level, number of values, steps.
TREES = [
    (0, 0.029167532920837402, 14.614641189575195, 6, 10),
    (7, 0.029167532920837402, 14.614641189575195, 19, 5),
    (2**32 + 5, 0.5, 1.0, 16, 4),
    (2**63 + 11, 0.0291675, 40.96171951293945, 4, 8),
]


def digits(values):
    """Nine digits tell every number of single precision from its neighbours."""
    return [float(f"{value:.9g}") for value in values.flatten().tolist()]


def interval(seed, start, end, count):
    return torchsde.BrownianInterval(
        t0=start, t1=end, size=(count,), dtype=torch.float32, entropy=seed, tol=1e-6, pool_size=24, halfway_tree=True
    )


def sequence(entropy, key, pool, count):
    made = np.random.SeedSequence(entropy, spawn_key=tuple(key), pool_size=pool)
    return {"entropy": entropy, "spawnKey": key, "poolSize": pool, "words": made.generate_state(count).tolist()}


def roundings():
    """Ties that numbers of base two can have, and halves between millionths, which are a little beside them."""
    dice = random.Random(6)
    ties = [k / 128 for k in range(1, 40, 2)] + [7 + 1 / 128, 100 + 3 / 128]
    halves = [0.5 * (round(dice.uniform(0, 20), 6) + round(dice.uniform(0, 20), 6)) for _ in range(60)]
    others = [dice.uniform(0, 20) for _ in range(10)] + [0.0, 1e-7, 5e-7, 4096.0000005, 1e9 + 0.3, 1e17]
    return [[time, round(time, 6)] for time in ties + halves + others]


def tree(seed, start, end, count, steps):
    levels = [end * (start / end) ** (i / steps) for i in range(steps + 1)]
    asked = []
    for high, low in zip(levels, levels[1:]):
        asked += [[math.sqrt(high * low), high], [low, high]]
    dice = random.Random(seed)
    # Across many places of the tree, beyond both ends, a millionth, and nothing at all.
    asked += [sorted(dice.sample(levels, 2)) for _ in range(4)]
    asked += [[start, end], [start - 1, levels[1]], [levels[-2], end + 1], [levels[2], levels[2]]]
    asked += [[0.6, 0.600001]]
    one, other = interval(seed, start, end, count), interval(seed, start, end, count)
    values = [one(*pair) for pair in asked]
    order = list(range(len(asked)))
    dice.shuffle(order)
    for place in order:
        assert torch.equal(other(*asked[place]), values[place]), (seed, asked[place])
    return {
        "seed": seed, "start": start, "end": end, "count": count, "order": order,
        "increments": [{"start": a, "end": b, "values": digits(w)} for (a, b), w in zip(asked, values)],
    }  # fmt: skip


def main():
    # That times lie beyond the ends is meant.
    warnings.simplefilter("ignore")
    document = {
        "versions": {library: version(library) for library in ("torch", "torchsde", "numpy")},
        "sequences": [sequence(*case) for case in SEQUENCES],
        "roundings": roundings(),
        "trees": [tree(*case) for case in TREES],
    }
    path = FIXTURES / "Noise" / "brownian_tree.json"
    path.write_text(json.dumps(document) + "\n")
    print(f"Noise/brownian_tree.json: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
