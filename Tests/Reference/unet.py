"""UNet: predictions of diffusers' UNet2DConditionModel for several configurations, sizes and batches."""

import torch
from diffusers import UNet2DConditionModel

from fixture_io import write_fixture
from synthetic import Inputs, synthesize

# What SD 1.x and 2.x checkpoints have in common, at a tenth of their width.
COMMON = {
    "in_channels": 4,
    "out_channels": 4,
    "norm_num_groups": 8,
    "cross_attention_dim": 24,
    "sample_size": 16,
}

CONFIGURATIONS = {
    # SD 1.x: attention_head_dim is the number of heads, 1x1 convolutions around the transformer.
    "sd1": {
        "block_out_channels": (32, 64, 64),
        "down_block_types": ("CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"),
        "up_block_types": ("UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"),
        "layers_per_block": 2,
        "attention_head_dim": 4,
    },
    # SD 2.x: heads per level, linear projections.
    "sd2": {
        "block_out_channels": (32, 64),
        "down_block_types": ("CrossAttnDownBlock2D", "DownBlock2D"),
        "up_block_types": ("UpBlock2D", "CrossAttnUpBlock2D"),
        "layers_per_block": 1,
        "attention_head_dim": (2, 4),
        "use_linear_projection": True,
        "cross_attention_dim": 40,
    },
    # Distilled checkpoints (tiny-sd): no mid block, one layer per block.
    "no-mid-block": {
        "block_out_channels": (32, 64, 64),
        "down_block_types": ("CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        "up_block_types": ("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"),
        "mid_block_type": None,
        "layers_per_block": 1,
        "attention_head_dim": 8,
    },
    # Attention only inside, layers and transformer depth per level, sin before cos.
    "uneven": {
        "block_out_channels": (32, 48, 64),
        "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"),
        "up_block_types": ("UpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        "layers_per_block": (1, 2, 1),
        "transformer_layers_per_block": (1, 2, 1),
        "attention_head_dim": (2, 4, 2),
        "use_linear_projection": True,
        "flip_sin_to_cos": False,
        "freq_shift": 1,
        "norm_num_groups": 16,
        "norm_eps": 1e-6,
    },
}

# (name, batch, height, width, text tokens, timestep); latents that the levels do not divide make
# the up blocks upsample to the skip's size.
SIZES = [
    ("batch-1", 1, 8, 8, 7, 999),
    ("batch-2", 2, 16, 8, 77, 1),
    ("odd-9x5", 3, 9, 5, 5, 501),
    ("odd-18x10", 2, 18, 10, 9, 250.5),
]


def build(name):
    """The synthetic UNet of a configuration and the plan of its weights."""
    torch.manual_seed(0)
    model = UNet2DConditionModel(**{**COMMON, **CONFIGURATIONS[name]}).eval()
    return model, synthesize(model)


def model_inputs(inputs, case, batch, height, width, tokens, context):
    latents = inputs.tensor(f"input.latents.{case}", [batch, 4, height, width], scale=1.7)
    states = inputs.tensor(f"input.states.{case}", [batch, tokens, context], scale=1.5)
    return latents, states


@torch.no_grad()
def main():
    torch.set_num_threads(2)
    for name in CONFIGURATIONS:
        model, plan = build(name)
        inputs = Inputs()
        cases, expected = [], {}
        for case, batch, height, width, tokens, timestep in SIZES:
            latents, states = model_inputs(
                inputs, case, batch, height, width, tokens, model.config.cross_attention_dim
            )
            expected[case] = model(latents, timestep, encoder_hidden_states=states).sample
            cases.append({"name": case, "timestep": timestep})
            print(f"  {name} {case}: output deviation {expected[case].std():.3f}")
        write_fixture(
            "UNet", name, expected, {"cases": cases}, {"unet": (model.config, plan)}, inputs.plan
        )


if __name__ == "__main__":
    main()
