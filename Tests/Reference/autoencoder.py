"""Autoencoder: AutoencoderKL.decode and AutoencoderTiny.decode of synthetic weights, and the 8-bit picture made of it;
what their encoders make of pixels, and the latents that are drawn of it."""

import torch
from diffusers import AutoencoderKL, AutoencoderTiny
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


# TAESD's structure with fewer channels, and another.
TINY_CASES = {
    "tiny": ({"encoder_block_out_channels": [12] * 4, "decoder_block_out_channels": [12] * 4}, (5, 4), 1),
    "tiny silu": ({"encoder_block_out_channels": [8] * 2, "decoder_block_out_channels": [8] * 2, "act_fn": "silu",
                   "num_encoder_blocks": [1, 2], "num_decoder_blocks": [2, 1], "scaling_factor": 0.7,
                   "latent_channels": 16}, (9, 7), 2),
}
SEED = 3


def models():
    for case, (fields, size, batch) in CASES.items():
        levels = len(fields["block_out_channels"])
        config = {
            "down_block_types": ["DownEncoderBlock2D"] * levels,
            "up_block_types": ["UpDecoderBlock2D"] * levels,
            **fields,
        }
        yield case, AutoencoderKL.from_config(config).eval(), size, batch
    for case, (fields, size, batch) in TINY_CASES.items():
        yield case, AutoencoderTiny.from_config(fields).eval(), size, batch


def encodings(vae, pixels):
    """As image to image has them: multiplied by the scaling factor, and drawn by one generator."""
    factor = vae.config.scaling_factor
    output = vae.encode(pixels)
    if not hasattr(output, "latent_dist"):
        return {"mean": factor * output.latents}
    distribution = output.latent_dist
    drawn = distribution.sample(torch.Generator("cpu").manual_seed(SEED))
    return {"mean": factor * distribution.mean, "deviation": factor * distribution.std, "drawn": factor * drawn}


def main():
    for case, vae, (height, width), batch in models():
        plan = synthesize(vae)
        inputs = Inputs()
        latents = inputs.tensor("input.latents", [batch, vae.config.latent_channels, height, width])
        with torch.no_grad():
            decoded = vae.decode(latents / vae.config.scaling_factor, return_dict=False)[0]
            factor = 2 ** (len(vae.config.decoder_block_out_channels if "Tiny" in type(vae).__name__
                               else vae.config.block_out_channels) - 1)  # fmt: skip
            shape = [1, 3, height * factor, width * factor]
            encoded = encodings(vae, inputs.tensor("input.pixels", shape))
        pixels = VaeImageProcessor().postprocess(decoded[:1], output_type="np")[0]
        write_fixture(
            "Autoencoder",
            case.replace(" ", "-"),
            expected={"decoded": decoded, "pixels": (pixels * 255).round().astype("uint8"), **encoded},
            models={"vae": ({"_class_name": type(vae).__name__, **vae.config}, plan)},
            inputs=inputs.plan,
        )


if __name__ == "__main__":
    main()
