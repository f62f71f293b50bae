"""Writes a model folder with the real configuration of Stable Diffusion XL base 1.0 and random weights:
what takes the time and memory of the real one without its download. Its pictures are noise.

    python Benchmarks/make_sdxl.py OUTPUT --tokenizer FOLDER [--dtype fp16|fp32]

FOLDER holds the vocab.json and merges.txt of CLIP's tokenizer (openai/clip-vit-large-patch14).
"""

import argparse
import gc
import json
from pathlib import Path

import diffusers
import torch
from diffusers import AutoencoderKL, EulerDiscreteScheduler, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

from make_sd15 import DOWN, TEXT, UP, save, write_tokenizer

SECOND_TEXT = TEXT | {
    "hidden_size": 1280, "intermediate_size": 5120, "num_hidden_layers": 32, "num_attention_heads": 20,
    "hidden_act": "gelu", "projection_dim": 1280,
}  # fmt: skip


def unet():
    return UNet2DConditionModel(
        sample_size=128, in_channels=4, out_channels=4, cross_attention_dim=2048, attention_head_dim=[5, 10, 20],
        block_out_channels=(320, 640, 1280), layers_per_block=2, norm_num_groups=32, use_linear_projection=True,
        transformer_layers_per_block=[1, 2, 10], addition_embed_type="text_time", addition_time_embed_dim=256,
        projection_class_embeddings_input_dim=2816,
        down_block_types=(DOWN,) + ("CrossAttn" + DOWN,) * 2, up_block_types=("CrossAttn" + UP,) * 2 + (UP,),
    )  # fmt: skip


def vae():
    return AutoencoderKL(
        block_out_channels=(128, 256, 512, 512), layers_per_block=2, latent_channels=4,
        down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4,
        norm_num_groups=32, sample_size=1024, scaling_factor=0.13025, force_upcast=True,
    )  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("output", type=Path)
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--dtype", choices=["fp16", "fp32"], default="fp16")
    arguments = parser.parse_args()
    dtype = {"fp16": torch.float16, "fp32": torch.float32}[arguments.dtype]
    output = arguments.output

    diffusers.logging.set_verbosity_error()
    torch.manual_seed(0)
    # One part at a time, in its type from the beginning: the UNet alone has 2.6 G weights.
    torch.set_default_dtype(dtype)
    for name, make in [
        ("unet", unet),
        ("vae", vae),
        ("text_encoder", lambda: CLIPTextModel(CLIPTextConfig(**TEXT))),
        ("text_encoder_2", lambda: CLIPTextModelWithProjection(CLIPTextConfig(**SECOND_TEXT))),
    ]:
        save(make(), output / name, dtype)
        gc.collect()
    EulerDiscreteScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", steps_offset=1, timestep_spacing="leading"
    ).save_pretrained(output / "scheduler")
    for name, padding in [("tokenizer", None), ("tokenizer_2", "!")]:
        write_tokenizer(arguments.tokenizer, output / name)
        if padding:
            for file in ["special_tokens_map.json", "tokenizer_config.json"]:
                path = output / name / file
                path.write_text(json.dumps(json.loads(path.read_text()) | {"pad_token": padding}, indent=2))
    index = {
        "_class_name": "StableDiffusionXLPipeline", "force_zeros_for_empty_prompt": True,
        "image_encoder": [None, None], "feature_extractor": [None, None],
        "scheduler": ["diffusers", "EulerDiscreteScheduler"], "text_encoder": ["transformers", "CLIPTextModel"],
        "text_encoder_2": ["transformers", "CLIPTextModelWithProjection"],
        "tokenizer": ["transformers", "CLIPTokenizer"], "tokenizer_2": ["transformers", "CLIPTokenizer"],
        "unet": ["diffusers", "UNet2DConditionModel"], "vae": ["diffusers", "AutoencoderKL"],
    }  # fmt: skip
    (output / "model_index.json").write_text(json.dumps(index, indent=2))
    print(f"wrote {output}")


if __name__ == "__main__":
    main()
