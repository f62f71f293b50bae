"""Writes Tests/Fixtures/Noise/noise.json: what torch's CPU generator draws.

Each case is one generator and a list of calls on it in turn, so that the state
carried from call to call (the spare half of a Box-Muller pair) is covered too.
"""

import json
import pathlib

import torch

CASES = [
    (0, [("randn", 4)]),
    (1, [("randn", 15), ("randn", 3)]),
    (2, [("randn", 16)]),
    (3, [("randn", 17)]),
    (4, [("randn", 31), ("randn", 5), ("randn", 32), ("randn", 1)]),
    (42, [("randn", 700)]),
    (2**32 + 7, [("randn", 3), ("randint", 9, 4), ("randn", 40), ("randn", 2)]),
    # The upper half of torch's seeds; the last is what it makes of -1.
    (2**63 + 12345, [("randn", 5), ("randn", 33), ("randint", 4, 7)]),
    (2**64 - 1, [("randn", 16), ("randint", 6, 4), ("randn", 3)]),
    (123456789, [("randint", 1300, 6), ("randint", 5, 2**31 - 1), ("randint", 3, 1), ("randint", 4, 2**28 - 1), ("randint", 4, 2**28)]),
]


def call(generator, kind, count, below=None):
    if kind == "randn":
        values = torch.randn(count, generator=generator)
    else:
        values = torch.randint(below, (count,), generator=generator)
    return {"kind": kind, "count": count, "below": below, "values": values.tolist()}


cases = []
assert torch.Generator("cpu").manual_seed(-1).initial_seed() == 2**64 - 1
for seed, calls in CASES:
    generator = torch.Generator("cpu").manual_seed(seed)
    cases.append({"seed": seed, "calls": [call(generator, *c) for c in calls]})

target = pathlib.Path(__file__).parents[1] / "Fixtures" / "Noise" / "noise.json"
target.parent.mkdir(parents=True, exist_ok=True)
target.write_text(json.dumps({"versions": {"torch": torch.__version__}, "cases": cases}) + "\n")
