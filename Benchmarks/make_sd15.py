"""Writes a model folder with the real configuration of Stable Diffusion 1.5 and random weights:
what takes the time and memory of the real one without its download. Its pictures are noise.

    python Benchmarks/make_sd15.py OUTPUT --tokenizer FOLDER [--dtype fp16|fp32] [--clip]

FOLDER holds the vocab.json and merges.txt of CLIP's tokenizer (openai/clip-vit-large-patch14).
With --clip, OUTPUT/clip becomes a CLIP ViT-L/14 with random weights, for the scores.
"""

import argparse
import json
import shutil
from pathlib import Path

import diffusers
import torch
from diffusers import AutoencoderKL, PNDMScheduler, UNet2DConditionModel
from transformers import CLIPConfig, CLIPImageProcessor, CLIPModel, CLIPTextConfig, CLIPTextModel

DOWN, UP = "DownBlock2D", "UpBlock2D"
TEXT = {
    "vocab_size": 49408, "hidden_size": 768, "intermediate_size": 3072, "num_hidden_layers": 12,
    "num_attention_heads": 12, "max_position_embeddings": 77, "hidden_act": "quick_gelu",
    "projection_dim": 768, "bos_token_id": 49406, "eos_token_id": 49407, "pad_token_id": 1,
}  # fmt: skip
VISION = {
    "hidden_size": 1024, "intermediate_size": 4096, "num_hidden_layers": 24, "num_attention_heads": 16,
    "image_size": 224, "patch_size": 14, "hidden_act": "quick_gelu", "projection_dim": 768,
}  # fmt: skip


def unet():
    return UNet2DConditionModel(
        sample_size=64, in_channels=4, out_channels=4, cross_attention_dim=768, attention_head_dim=8,
        block_out_channels=(320, 640, 1280, 1280), layers_per_block=2, norm_num_groups=32,
        down_block_types=("CrossAttn" + DOWN,) * 3 + (DOWN,),
        up_block_types=(UP,) + ("CrossAttn" + UP,) * 3,
    )  # fmt: skip


def vae():
    return AutoencoderKL(
        block_out_channels=(128, 256, 512, 512), layers_per_block=2, latent_channels=4,
        down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4,
        norm_num_groups=32, sample_size=512, scaling_factor=0.18215,
    )  # fmt: skip


def scheduler():
    return PNDMScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", set_alpha_to_one=False,
        skip_prk_steps=True, steps_offset=1,
    )  # fmt: skip


def write_tokenizer(source: Path, folder: Path):
    """The files of the published tokenizer folder of SD 1.x."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ["vocab.json", "merges.txt"]:
        shutil.copyfile(source / name, folder / name)
    start, end = "<|startoftext|>", "<|endoftext|>"
    special = {"bos_token": start, "eos_token": end, "pad_token": end, "unk_token": end}
    options = {"model_max_length": 77, "do_lower_case": True, "tokenizer_class": "CLIPTokenizer"}
    (folder / "special_tokens_map.json").write_text(json.dumps(special, indent=2))
    (folder / "tokenizer_config.json").write_text(json.dumps(special | options, indent=2))


def save(model, folder: Path, dtype):
    """Initial weights of torch and transformers keep activations finite through all layers."""
    count = sum(parameter.numel() for parameter in model.parameters())
    model.to(dtype).save_pretrained(folder, safe_serialization=True, max_shard_size="100GB")
    print(f"{folder}: {count / 1e6:.0f} M parameters, {dtype}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("output", type=Path)
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--dtype", choices=["fp16", "fp32"], default="fp32")
    parser.add_argument("--clip", action="store_true")
    arguments = parser.parse_args()
    dtype = {"fp16": torch.float16, "fp32": torch.float32}[arguments.dtype]
    output = arguments.output

    diffusers.logging.set_verbosity_error()
    torch.manual_seed(0)
    save(unet(), output / "unet", dtype)
    save(vae(), output / "vae", dtype)
    save(CLIPTextModel(CLIPTextConfig(**TEXT)), output / "text_encoder", dtype)
    scheduler().save_pretrained(output / "scheduler")
    write_tokenizer(arguments.tokenizer, output / "tokenizer")
    index = {
        "_class_name": "StableDiffusionPipeline", "requires_safety_checker": False,
        "safety_checker": [None, None], "feature_extractor": [None, None], "image_encoder": [None, None],
        "scheduler": ["diffusers", "PNDMScheduler"], "text_encoder": ["transformers", "CLIPTextModel"],
        "tokenizer": ["transformers", "CLIPTokenizer"], "unet": ["diffusers", "UNet2DConditionModel"],
        "vae": ["diffusers", "AutoencoderKL"],
    }  # fmt: skip
    (output / "model_index.json").write_text(json.dumps(index, indent=2))
    if arguments.clip:
        config = CLIPConfig(text_config=TEXT, vision_config=VISION, projection_dim=768)
        save(CLIPModel(config), output / "clip", dtype)
        CLIPImageProcessor().save_pretrained(output / "clip")
        write_tokenizer(arguments.tokenizer, output / "clip")
    print(f"wrote {output}")


if __name__ == "__main__":
    main()
