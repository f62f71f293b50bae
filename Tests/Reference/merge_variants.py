"""UNet with the merging rules of other programs than tomesd's own.

- webui (AUTOMATIC1111's stable-diffusion-webui, SD.Next): tomesd.apply_patch with use_rand off.
- comfyui (the node "Token Merging"): modelled here in plain torch. The normed input of self-attention is
  matched; its queries alone are merged, keys and values are of every token; the output is unmerged. Only at
  the latents' own resolution, in cells of 2x2, with a destination per cell from torch's global generator,
  whatever the batch. A grid of one row or column is left alone, and draws nothing.

The protocol is one stream per image: torch.manual_seed(seed) before its first step.
"""

import math
from functools import partial

import torch
from diffusers.models.attention import BasicTransformerBlock

from fixture_io import write_fixture
from synthetic import Inputs
from token_merging import smallest_margin
from unet import build
from unet_token_merging import DEFAULTS, MarginMeter, clear_case, predictions

# variant, name, (batch, height, width), timesteps, arguments
CASES = {
    "sd1": [
        ("webui", "webui", (2, 12, 12), [981, 481], {}),
        ("webui", "webui-everything", (2, 9, 10), [641],
         {"ratio": 0.6, "max_downsample": 4, "merge_crossattn": True, "merge_mlp": True}),
        ("webui", "webui-batch-1", (1, 8, 12), [301], {"ratio": 0.3}),
        ("comfyui", "comfyui", (2, 16, 16), [981], {}),
        ("comfyui", "comfyui-0.3", (2, 12, 8), [701, 301], {"ratio": 0.3}),
        ("comfyui", "comfyui-beyond-the-cap", (2, 8, 8), [501], {"ratio": 0.9}),
        ("comfyui", "comfyui-odd-9x5", (2, 9, 5), [901, 201], {"ratio": 0.4}),
        ("comfyui", "comfyui-batch-1", (1, 12, 12), [761, 81], {}),
        ("comfyui", "comfyui-batch-3", (3, 8, 8), [761], {}),
        ("comfyui", "comfyui-one-row", (2, 1, 16), [441], {}),
        ("comfyui", "comfyui-ratio-zero", (2, 8, 8), [441], {"ratio": 0.0}),
    ],
    "sd2": [
        ("webui", "webui", (2, 7, 11), [19], {}),
        ("comfyui", "comfyui", (2, 12, 12), [999, 499], {}),
        ("comfyui", "comfyui-odd-7x11", (2, 7, 11), [259.5], {"ratio": 0.7}),
    ],
}  # fmt: skip


def row_weights(metric, height, width, ratio, meter):
    """Per image the merge as matrices: [rows, tokens] that averages, [tokens, rows] that copies back."""
    batch, tokens, _ = metric.shape
    wanted = int(tokens * ratio)
    if wanted <= 0 or 1 in (height, width):
        return None
    place = torch.randint(4, (height // 2, width // 2, 1))[..., 0]
    y = 2 * torch.arange(height // 2)[:, None] + place // 2
    x = 2 * torch.arange(width // 2)[None, :] + place % 2
    kept = (y * width + x).flatten().sort().values
    movable = torch.tensor([token for token in range(tokens) if token not in set(kept.tolist())])
    unit = metric / metric.norm(dim=-1, keepdim=True)
    similarity = unit[:, movable] @ unit[:, kept].transpose(1, 2)
    count = min(wanted, len(movable))
    meter.smallest = min(meter.smallest, smallest_margin(similarity, count))
    matrices = []
    for image in range(batch):
        best = similarity[image].max(dim=1)
        home = torch.arange(tokens)
        for source in best.values.sort(descending=True).indices[:count].tolist():
            home[movable[source]] = kept[best.indices[source]]
        copies = torch.nn.functional.one_hot(home, tokens).float()
        copies = copies[:, copies.sum(dim=0) > 0]
        matrices.append(((copies / copies.sum(dim=0)).T, copies))
    return tuple(map(torch.stack, zip(*matrices)))


def merged_queries(forward, size, ratio, meter, hidden, encoder_hidden_states=None, **rest):
    """Self-attention as the node's two patches leave it."""
    height, width = size
    if math.ceil(math.sqrt(height * width // hidden.shape[1])) > 1:
        return forward(hidden, encoder_hidden_states=encoder_hidden_states, **rest)
    weights = row_weights(hidden, height, width, ratio, meter)
    if weights is None:
        return forward(hidden, encoder_hidden_states=encoder_hidden_states, **rest)
    averages, copies = weights
    return copies @ forward(averages @ hidden, encoder_hidden_states=hidden, **rest)


def comfyui_predictions(model, latents, states, timesteps, ratio, seed, meter):
    blocks = [module for module in model.modules() if isinstance(module, BasicTransformerBlock)]
    for block in blocks:
        block.attn1.forward = partial(
            merged_queries, block.attn1.forward, latents.shape[2:], ratio, meter
        )
    torch.manual_seed(seed)
    outputs = [model(latents, t, encoder_hidden_states=states).sample for t in timesteps]
    for block in blocks:
        del block.attn1.forward  # the class's own again
    return torch.stack(outputs)


@torch.no_grad()
def main():
    torch.set_num_threads(2)
    meter = MarginMeter()
    for name, rows in CASES.items():
        model, plan = build(name)
        inputs, cases, expected = Inputs(), [], {}
        for seed, (variant, case, size, timesteps, changed) in enumerate(rows, start=40):
            arguments = DEFAULTS | changed

            def predict(latents, states):
                if variant == "webui":
                    # Whatever the options say of use_rand, the web UI has it off.
                    return predictions(model, latents, states, timesteps, arguments | {"use_rand": False}, seed)
                return comfyui_predictions(model, latents, states, timesteps, arguments["ratio"], seed, meter)

            tried, key, output = clear_case(model, meter, f"{name} {case}", case, size, timesteps, predict)
            inputs.plan |= tried.plan
            expected[case] = output
            cases.append(
                {
                    "name": case, "input": key, "seed": seed, "timesteps": timesteps,
                    "arguments": arguments, "variant": variant,
                }  # fmt: skip
            )
        write_fixture(
            "UNet", f"merge-variants-{name}", expected, {"cases": cases}, {"unet": (model.config, plan)},
            inputs.plan,
        )  # fmt: skip


if __name__ == "__main__":
    main()
