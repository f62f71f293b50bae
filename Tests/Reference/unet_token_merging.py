"""UNet with token merging: predictions after tomesd.apply_patch for every argument it has.

The protocol is one stream per image: torch.manual_seed(seed), then a fresh apply_patch, whose
generator forks from the global one at the first merge and advances over all blocks and steps.
"""

import tomesd
import torch

from fixture_io import write_fixture
from synthetic import Inputs
from token_merging import smallest_margin
from unet import build, model_inputs

# The closest decision must be further from a tie than rounding can reach.
MARGIN = 2e-5

# name, (batch, height, width), timesteps, arguments of apply_patch
SD1_CASES = [
    ("default", (2, 16, 16), [981], {}),
    ("ratio-zero", (2, 8, 8), [981], {"ratio": 0.0}),
    ("ratio-0.3", (2, 12, 8), [701, 301], {"ratio": 0.3}),
    ("beyond-the-cap", (2, 8, 8), [501], {"ratio": 0.9}),
    ("downsample-2", (2, 12, 12), [801], {"max_downsample": 2}),
    ("downsample-4", (2, 12, 12), [801], {"max_downsample": 4, "ratio": 0.4}),
    ("downsample-8", (2, 8, 16), [81], {"max_downsample": 8, "ratio": 0.6}),
    ("no-rand", (2, 12, 12), [981], {"use_rand": False}),
    ("no-attention", (2, 8, 8), [981], {"merge_attn": False, "merge_mlp": True}),
    ("nothing-merged", (2, 8, 8), [981], {"merge_attn": False}),
    ("cross-attention", (2, 8, 8), [981], {"merge_crossattn": True}),
    ("mlp", (2, 8, 8), [981], {"merge_mlp": True}),
    ("everything", (2, 8, 12), [641, 441],
     {"merge_crossattn": True, "merge_mlp": True, "max_downsample": 4}),
    ("sx3-sy2", (2, 18, 10), [321], {"sx": 3, "sy": 2, "max_downsample": 2, "ratio": 0.6}),
    ("sx2-sy4", (2, 10, 14), [321], {"sx": 2, "sy": 4}),
    ("sx1-sy2", (2, 8, 10), [321], {"sx": 1, "sy": 2, "max_downsample": 2}),
    ("sx1-sy1", (2, 8, 8), [321], {"sx": 1, "sy": 1}),
    ("odd-9x5", (2, 9, 5), [901, 201], {"max_downsample": 4, "merge_mlp": True}),
    ("batch-1", (1, 12, 12), [761], {}),
    ("batch-3", (3, 8, 8), [761], {"max_downsample": 2}),
    ("batch-4", (4, 8, 8), [761], {"max_downsample": 2}),
]  # fmt: skip
SD2_CASES = [
    ("default", (2, 12, 12), [999, 499], {}),
    ("everything", (2, 10, 8), [259.5], {"merge_crossattn": True, "merge_mlp": True, "max_downsample": 2}),
    ("odd-no-rand", (2, 7, 11), [19], {"use_rand": False, "max_downsample": 2, "sx": 3, "sy": 3}),
    ("batch-1", (1, 9, 9), [19], {"max_downsample": 2, "ratio": 0.75}),
]
DEFAULTS = {
    "ratio": 0.5, "max_downsample": 1, "sx": 2, "sy": 2, "use_rand": True,
    "merge_attn": True, "merge_crossattn": False, "merge_mlp": False,
}  # fmt: skip


class MarginMeter:
    """Watches every matching of tomesd and keeps the smallest margin."""

    def __init__(self):
        self.smallest = float("inf")
        self.matching = tomesd.merge.bipartite_soft_matching_random2d
        tomesd.merge.bipartite_soft_matching_random2d = self

    def __call__(self, metric, w, h, sx, sy, r, no_rand, generator):
        merge, unmerge = self.matching(metric, w, h, sx, sy, r, no_rand, generator)
        if r > 0:
            split = merge.__closure__[merge.__code__.co_freevars.index("split")].cell_contents
            a, b = split(metric / metric.norm(dim=-1, keepdim=True))
            margin = smallest_margin(a @ b.transpose(-1, -2), min(r, a.shape[1]))
            self.smallest = min(self.smallest, margin)
        return merge, unmerge


def predictions(model, latents, states, timesteps, arguments, seed):
    torch.manual_seed(seed)
    tomesd.apply_patch(model, **arguments)
    outputs = [model(latents, t, encoder_hidden_states=states).sample for t in timesteps]
    tomesd.remove_patch(model)
    return torch.stack(outputs)


def clear_case(model, meter, title, case, size, timesteps, predict):
    """Draws inputs until no merge of `predict(latents, states)` hangs on rounding.

    Returns the inputs, the key they are stored under, and the prediction.
    """
    batch, height, width = size
    for attempt in range(100):
        tried, key = Inputs(), f"{case}.{attempt}"
        latents, states = model_inputs(tried, key, batch, height, width, 6, model.config.cross_attention_dim)
        meter.smallest = float("inf")
        output = predict(latents, states)
        if meter.smallest > MARGIN:
            break
    assert meter.smallest > MARGIN, f"{case}: no input without a near tie"
    plain = torch.stack([model(latents, t, encoder_hidden_states=states).sample for t in timesteps])
    effect = ((output - plain).norm() / plain.norm()).item()
    print(f"  {title}: attempt {attempt}, margin {meter.smallest:.1e}, effect {effect:.1e}")
    return tried, key, output


@torch.no_grad()
def main():
    torch.set_num_threads(2)
    meter = MarginMeter()
    for name, rows in [("sd1", SD1_CASES), ("sd2", SD2_CASES)]:
        model, plan = build(name)
        inputs, cases, expected = Inputs(), [], {}
        for seed, (case, size, timesteps, changed) in enumerate(rows):
            arguments = DEFAULTS | changed
            tried, key, output = clear_case(
                model, meter, f"{name} {case}", case, size, timesteps,
                lambda latents, states: predictions(model, latents, states, timesteps, arguments, seed),
            )  # fmt: skip
            inputs.plan |= tried.plan
            expected[case] = output
            cases.append(
                {"name": case, "input": key, "seed": seed, "timesteps": timesteps, "arguments": arguments}
            )
        write_fixture(
            "UNet", f"token-merging-{name}", expected, {"cases": cases}, {"unet": (model.config, plan)},
            inputs.plan,
        )  # fmt: skip


if __name__ == "__main__":
    main()
