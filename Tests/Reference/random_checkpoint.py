"""Random checkpoints: the names and shapes of every tensor of diffusers' and transformers' models with the
published configurations of Stable Diffusion 1.5, 2.1 and XL."""

import hashlib

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

from fixture_io import write_fixture

DOWN, UP = "DownBlock2D", "UpBlock2D"
UNET = {
    "sample_size": 64, "in_channels": 4, "out_channels": 4, "cross_attention_dim": 768,
    "attention_head_dim": 8, "block_out_channels": [320, 640, 1280, 1280], "layers_per_block": 2,
    "down_block_types": ["CrossAttn" + DOWN] * 3 + [DOWN], "up_block_types": [UP] + ["CrossAttn" + UP] * 3,
}  # fmt: skip
UNETS = {
    "sd15": UNET,
    "sd21": UNET | {"sample_size": 96, "attention_head_dim": [5, 10, 20, 20], "cross_attention_dim": 1024,
                    "use_linear_projection": True},
    "sdxl": UNET | {"sample_size": 128, "attention_head_dim": [5, 10, 20], "cross_attention_dim": 2048,
                    "use_linear_projection": True, "block_out_channels": [320, 640, 1280],
                    "down_block_types": [DOWN] + ["CrossAttn" + DOWN] * 2,
                    "up_block_types": ["CrossAttn" + UP] * 2 + [UP], "transformer_layers_per_block": [1, 2, 10],
                    "addition_embed_type": "text_time", "addition_time_embed_dim": 256,
                    "projection_class_embeddings_input_dim": 2816},
}  # fmt: skip
VAE = {
    "block_out_channels": [128, 256, 512, 512], "layers_per_block": 2, "latent_channels": 4,
    "down_block_types": ["DownEncoderBlock2D"] * 4, "up_block_types": ["UpDecoderBlock2D"] * 4,
    "norm_num_groups": 32, "sample_size": 512,
}  # fmt: skip
TEXTS = {
    "sd15": {"vocab_size": 49408, "hidden_size": 768, "intermediate_size": 3072, "num_hidden_layers": 12,
             "num_attention_heads": 12, "hidden_act": "quick_gelu"},
    "sd21": {"vocab_size": 49408, "hidden_size": 1024, "intermediate_size": 4096, "num_hidden_layers": 23,
             "num_attention_heads": 16, "hidden_act": "gelu"},
}  # fmt: skip
TEXTS["sdxl"] = TEXTS["sd15"]
SECOND_TEXT = {"vocab_size": 49408, "hidden_size": 1280, "intermediate_size": 5120, "num_hidden_layers": 32,
               "num_attention_heads": 20, "hidden_act": "gelu", "projection_dim": 1280}  # fmt: skip


def summary(model, ignored=()):
    """Number of tensors and of weights, and SHA-256 over the sorted names, one a line."""
    tensors = {
        key.removeprefix("text_model."): value
        for key, value in model.state_dict().items()
        if not key.startswith(ignored) and not key.endswith("position_ids")
    }
    return {
        "tensors": len(tensors),
        "weights": sum(value.numel() for value in tensors.values()),
        "names": hashlib.sha256("\n".join(sorted(tensors)).encode()).hexdigest(),
    }


def main():
    for case in UNETS:
        with torch.device("meta"):
            unet = UNet2DConditionModel.from_config(UNETS[case])
            vae = AutoencoderKL.from_config(VAE)
            text = CLIPTextModel(CLIPTextConfig(**TEXTS[case]))
            second = CLIPTextModelWithProjection(CLIPTextConfig(**SECOND_TEXT))
        settings = {
            "unet": summary(unet),
            "vae": summary(vae, ("encoder.", "quant_conv.")),
            "text_encoder": summary(text),
        }
        if case == "sdxl":
            settings["text_encoder_2"] = summary(second)
        write_fixture("RandomCheckpoint", case, settings=settings)


if __name__ == "__main__":
    main()
