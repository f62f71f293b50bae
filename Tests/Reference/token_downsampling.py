"""UNet with Token Downsampling (ToDo), and with merging in a part of the steps only.

ToDo is modelled here in plain torch: self-attention's keys and values are of its input, thinned to
int(side / factor) by torch's own interpolate with the mode nearest-exact, in blocks whose tokens are
downsampled by max_downsample at most. The ratio that a fixture asks for is 1 - 1 / factor ** 2.

Where a case merges in a part of the steps, the model is patched for these and plain for the others; tomesd's
random stream is seeded once, before the first step, and drawn from in merging steps only.
"""

import math
from functools import partial

import tomesd
import torch
from diffusers.models.attention import BasicTransformerBlock

from fixture_io import write_fixture
from synthetic import Inputs
from unet import build, model_inputs
from unet_token_merging import DEFAULTS, MARGIN, MarginMeter

# name, (batch, height, width), timesteps, factor or ratio, arguments, part of the steps
CASES = {
    "sd1": [
        ("todo-2", (2, 16, 16), [981], 2, {}, (0, 1)),
        ("todo-3-odd", (2, 11, 14), [901, 201], 3, {"max_downsample": 2}, (0, 1)),
        ("todo-1.5-all-levels", (1, 12, 10), [641], 1.5, {"max_downsample": 8}, (0, 1)),
        ("todo-9-one-token", (3, 8, 9), [441], 9, {}, (0, 1)),
        ("todo-early", (2, 8, 8), [981, 741, 501, 261, 21], 2, {}, (0, 0.6)),
        ("tomesd-late", (2, 8, 12), [981, 741, 501, 261], 0, {"ratio": 0.5}, (0.5, 1)),
        ("tomesd-middle", (2, 12, 8), [981, 821, 661, 501, 341, 181, 21], 0, {"ratio": 0.4}, (0.29, 0.57)),
    ],
    "sd2": [("todo-2", (2, 9, 12), [999, 499], 2, {"max_downsample": 2}, (0, 1))],
}  # fmt: skip


def thinned(forward, size, factor, max_downsample, hidden, encoder_hidden_states=None, **rest):
    height, width = size
    batch, tokens, channels = hidden.shape
    downsample = math.ceil(math.sqrt(height * width // tokens))
    if downsample > max_downsample:
        return forward(hidden, **rest)
    height, width = math.ceil(height / downsample), math.ceil(width / downsample)
    grid = hidden.reshape(batch, height, width, channels).permute(0, 3, 1, 2)
    side = (max(1, int(height / factor)), max(1, int(width / factor)))
    grid = torch.nn.functional.interpolate(grid, size=side, mode="nearest-exact")
    return forward(hidden, encoder_hidden_states=grid.flatten(2).transpose(1, 2), **rest)


def patch(model, size, factor, arguments):
    if factor == 0:
        tomesd.apply_patch(model, **arguments)
        return
    for block in model.modules():
        if isinstance(block, BasicTransformerBlock):
            block.attn1.forward = partial(
                thinned, block.attn1.forward, size, factor, arguments["max_downsample"]
            )


def plain_again(model, factor):
    if factor == 0:
        tomesd.remove_patch(model)
        return
    for block in model.modules():
        if isinstance(block, BasicTransformerBlock):
            del block.attn1.forward  # the class's own again


@torch.no_grad()
def main():
    torch.set_num_threads(2)
    meter = MarginMeter()
    for name, rows in CASES.items():
        model, plan = build(name)
        inputs, cases, expected = Inputs(), [], {}
        for seed, (case, size, timesteps, factor, changed, part) in enumerate(rows, start=80):
            arguments = DEFAULTS | changed
            on = range(int(part[0] * len(timesteps) + 1e-9), int(part[1] * len(timesteps) + 1e-9))
            for attempt in range(100):
                tried, key = Inputs(), f"{case}.{attempt}"
                latents, states = model_inputs(tried, key, *size, 6, model.config.cross_attention_dim)
                meter.smallest = float("inf")
                torch.manual_seed(seed)
                outputs = []
                for index, timestep in enumerate(timesteps):
                    if on and index == on.start:
                        patch(model, size[1:], factor, arguments)
                    if on and index == on.stop:
                        plain_again(model, factor)
                    outputs.append(model(latents, timestep, encoder_hidden_states=states).sample)
                if on and on.stop == len(timesteps):
                    plain_again(model, factor)
                if meter.smallest > MARGIN:
                    break
            assert meter.smallest > MARGIN, f"{case}: no input without a near tie"
            unmerged = [model(latents, t, encoder_hidden_states=states).sample for t in timesteps]
            changes = [not torch.equal(a, b) for a, b in zip(outputs, unmerged)]
            assert changes == [index in on for index in range(len(timesteps))], (case, changes)
            print(f"  {name} {case}: attempt {attempt}, margin {meter.smallest:.1e}")
            inputs.plan |= tried.plan
            expected[case] = torch.stack(outputs)
            ratio = arguments["ratio"] if factor == 0 else 1 - 1 / factor**2
            cases.append(
                {
                    "name": case, "input": key, "seed": seed, "timesteps": timesteps,
                    "arguments": arguments | {"ratio": ratio}, "steps": list(part),
                    "variant": "tomesd" if factor == 0 else "todo",
                }  # fmt: skip
            )
        write_fixture(
            "UNet", f"token-downsampling-{name}", expected, {"cases": cases}, {"unet": (model.config, plan)},
            inputs.plan,
        )  # fmt: skip


if __name__ == "__main__":
    main()
