"""Autoencoder: AutoencoderKL.decode of synthetic weights, and the 8-bit picture made of it."""

import torch
from diffusers import AutoencoderKL
from diffusers.image_processor import VaeImageProcessor

from fixture_io import write_fixture
from synthetic import Inputs, synthesize

# case: (configuration, latent height and width, batch)
CASES = {
    "sd1-like": ({"block_out_channels": [16, 24, 32, 32], "layers_per_block": 2, "norm_num_groups": 8}, (5, 4), 1),
    "demo": ({"block_out_channels": [24, 48, 96], "layers_per_block": 1, "norm_num_groups": 4,
              "scaling_factor": 0.367037}, (8, 8), 1),
    "one level": ({"block_out_channels": [12], "layers_per_block": 1, "norm_num_groups": 3}, (9, 7), 2),
    "no attention": ({"block_out_channels": [8, 16], "layers_per_block": 1, "norm_num_groups": 4,
                      "mid_block_add_attention": False, "use_post_quant_conv": False,
                      "use_quant_conv": False, "latent_channels": 8}, (6, 6), 1),
}


def main():
    for case, (fields, (height, width), batch) in CASES.items():
        levels = len(fields["block_out_channels"])
        config = {
            "down_block_types": ["DownEncoderBlock2D"] * levels,
            "up_block_types": ["UpDecoderBlock2D"] * levels,
            **fields,
        }
        vae = AutoencoderKL.from_config(config).eval()
        plan = synthesize(vae)
        # The encoder is not what is tested: one of its tensors stays, to be passed over.
        plan = {
            key: value for key, value in plan.items()
            if not key.startswith(("encoder.", "quant_conv.")) or key == "encoder.conv_in.bias"
        }
        inputs = Inputs()
        latents = inputs.tensor("input.latents", [batch, vae.config.latent_channels, height, width])
        with torch.no_grad():
            decoded = vae.decode(latents / vae.config.scaling_factor, return_dict=False)[0]
        pixels = VaeImageProcessor().postprocess(decoded[:1], output_type="np")[0]
        write_fixture(
            "Autoencoder",
            case.replace(" ", "-"),
            expected={"decoded": decoded, "pixels": (pixels * 255).round().astype("uint8")},
            models={"vae": (vae.config, plan)},
            inputs=inputs.plan,
        )


if __name__ == "__main__":
    main()
