"""Writes the trained parts as one diffusers folder in half precision."""

import json
import os
import shutil

from diffusers import AutoencoderKL, StableDiffusionPipeline, UNet2DConditionModel
from transformers import CLIPImageProcessorPil, CLIPModel, CLIPTextModel

import clip
import tokenizer
from diffusion import GUIDANCE, STEPS, scheduler

NOTE = "A small demonstration model; its CLIP scores compare with nothing outside this checkpoint."
TOKENIZER_FILES = ("vocab.json", "merges.txt", "tokenizer_config.json", "special_tokens_map.json")


def export(work: str, out: str) -> None:
    """Builds the folder beside `out` and then puts it in its place."""
    part = out + ".part"
    shutil.rmtree(part, ignore_errors=True)
    StableDiffusionPipeline(
        vae=AutoencoderKL.from_pretrained(os.path.join(work, "vae")).half(),
        text_encoder=CLIPTextModel.from_pretrained(os.path.join(work, "clip")).half(),
        tokenizer=tokenizer.load(os.path.join(work, "tokenizer")),
        unet=UNet2DConditionModel.from_pretrained(os.path.join(work, "unet")).half(),
        scheduler=scheduler(), safety_checker=None, feature_extractor=None, requires_safety_checker=False,
    ).save_pretrained(part)
    scorer = os.path.join(part, "clip")
    CLIPModel.from_pretrained(os.path.join(work, "scorer")).half().save_pretrained(scorer)
    CLIPImageProcessorPil(
        size={"shortest_edge": clip.SIDE}, crop_size={"height": clip.SIDE, "width": clip.SIDE},
        image_mean=clip.MEAN, image_std=clip.STD).save_pretrained(scorer)
    for folder in (scorer, os.path.join(part, "tokenizer")):
        for name in TOKENIZER_FILES:
            shutil.copy(os.path.join(work, "tokenizer", name), os.path.join(folder, name))
    with open(os.path.join(part, "tome-eval.json"), "w", encoding="utf8") as file:
        json.dump({"name": "demo", "guidance_scale": GUIDANCE, "steps": STEPS, "note": NOTE}, file, indent=2)
    size = sum(os.path.getsize(os.path.join(path, name)) for path, _, names in os.walk(part) for name in names)
    shutil.rmtree(out, ignore_errors=True)
    os.replace(part, out)
    print(f"export: {out}, {size / 1e6:.1f} MB", flush=True)
