"""Token merging: which token merges into which, as tomesd's bipartite_soft_matching_random2d decides,
and what merging followed by unmerging then makes of other values."""

import inspect

import torch
from tomesd.merge import bipartite_soft_matching_random2d
from tomesd.utils import init_generator

from fixture_io import write_fixture
from synthetic import Inputs

# name, batch, height, width, sy, sx, ratio, use_rand, seed
CASES = [
    ("even", 2, 8, 8, 2, 2, 0.5, True, 0),
    ("no-rand", 2, 8, 8, 2, 2, 0.5, False, 0),
    ("batch-1-no-rand", 1, 8, 6, 2, 2, 0.3, False, 1),
    ("wide-cells", 2, 9, 5, 2, 3, 0.4, True, 2),
    ("tall-cells", 2, 10, 7, 3, 2, 0.6, True, 3),
    ("leftovers", 2, 7, 11, 4, 4, 0.5, True, 4),
    ("beyond-the-cap", 2, 8, 8, 2, 2, 0.9, True, 5),
    ("one-merge", 2, 8, 8, 2, 2, 0.02, True, 6),
    ("columns", 2, 8, 8, 2, 1, 0.4, True, 8),
    ("batch-4", 4, 6, 6, 2, 2, 0.5, True, 7),
    ("long-stream", 2, 26, 52, 1, 2, 0.4, True, 123456789),
]
CHANNELS = 16


def smallest_margin(scores, r):
    """How far the closest decision of the greedy matching is from a tie."""
    if scores.numel() == 0:
        return float("inf")
    best = scores.topk(min(2, scores.shape[-1]), dim=-1).values
    margin = (best[..., 0] - best[..., -1]).min() if scores.shape[-1] > 1 else torch.tensor(torch.inf)
    ordered = best[..., 0].sort(dim=-1, descending=True).values
    if 0 < r < ordered.shape[-1]:
        margin = torch.minimum(margin, (ordered[:, r - 1] - ordered[:, r]).min())
    return margin.item()


def targets(merge, batch, tokens):
    """For every token the token it merges into: itself when it stays or is a destination."""
    found = inspect.getclosurevars(merge).nonlocals
    split = inspect.getclosurevars(found["split"]).nonlocals
    sources, destinations = split["a_idx"][0, :, 0], split["b_idx"][0, :, 0]
    result = torch.arange(tokens).repeat(batch, 1)
    for row in range(batch):
        merged = sources[found["src_idx"][row, :, 0]]
        result[row, merged] = destinations[found["dst_idx"][row, :, 0]]
    return result, destinations.sort().values


def matching(metric, height, width, sy, sx, ratio, use_rand, seed):
    torch.manual_seed(seed)
    return bipartite_soft_matching_random2d(
        metric, width, height, sx, sy, int(metric.shape[1] * ratio),
        no_rand=not use_rand, generator=init_generator(metric.device),
    )  # fmt: skip


@torch.no_grad()
def main():
    inputs = Inputs()
    cases, expected = [], {}
    for name, batch, height, width, sy, sx, ratio, use_rand, seed in CASES:
        tokens = height * width
        metric = inputs.tensor(f"input.metric.{name}", [batch, tokens, CHANNELS])
        values = inputs.tensor(f"input.values.{name}", [batch, tokens, 5])
        merge, unmerge = matching(metric, height, width, sy, sx, ratio, use_rand, seed)
        target, destinations = targets(merge, batch, tokens)
        merged = merge(values)

        unit = metric / metric.norm(dim=-1, keepdim=True)
        sources = torch.tensor(sorted(set(range(tokens)) - set(destinations.tolist())))
        r = min(int(tokens * ratio), len(sources))
        margin = smallest_margin(unit[:, sources] @ unit[:, destinations].transpose(-1, -2), r)
        print(f"  {name}: {tokens} -> {merged.shape[1]} tokens, {r} merged, margin {margin:.1e}")
        assert margin > 1e-6, "a tie: rounding would decide"

        expected[f"{name}.targets"] = target.to(torch.int32)
        expected[f"{name}.destinations"] = destinations.to(torch.int32)
        expected[f"{name}.restored"] = unmerge(merged)
        cases.append(
            {
                "name": name, "height": height, "width": width, "sy": sy, "sx": sx, "ratio": ratio,
                "useRand": use_rand, "seed": seed, "mergedTokens": merged.shape[1],
            }  # fmt: skip
        )
    write_fixture("TokenMerging", "matching", expected, {"cases": cases}, inputs=inputs.plan)


if __name__ == "__main__":
    main()
