"""Measures a checkpoint: does its own CLIP find the right caption of generated and of real scenes?"""

import argparse
import csv
import json
import os
import random

import torch
import torch.nn.functional as F
from diffusers import StableDiffusionPipeline
from PIL import Image
from transformers import CLIPImageProcessorPil, CLIPModel, CLIPTokenizer

from captions import MINI
from scenes import draw, layout
from sheet import write_sheet

SEEDS = 4
HELD_OUT, GROUP = 512, 64
HELD_OUT_SEED = 900_000_000  # far from every seed of the training parts
OTHERS_SEED = 800_000_000


class Scorer:
    """The checkpoint's CLIP."""

    def __init__(self, folder: str):
        self.model = CLIPModel.from_pretrained(folder).float().eval()
        self.tokenizer = CLIPTokenizer.from_pretrained(folder)
        self.processor = CLIPImageProcessorPil.from_pretrained(folder)

    @torch.no_grad()
    def texts(self, captions: list[str]) -> torch.Tensor:
        tokens = self.tokenizer(captions, padding="max_length", max_length=77, truncation=True, return_tensors="pt")
        output = self.model(**tokens, pixel_values=torch.zeros(1, 3, *[self.model.config.vision_config.image_size] * 2))
        return F.normalize(output.text_embeds, dim=-1)

    @torch.no_grad()
    def images(self, pictures: list[Image.Image]) -> torch.Tensor:
        tokens = self.tokenizer(["a"], return_tensors="pt")
        embeddings = []
        for start in range(0, len(pictures), 64):
            inputs = self.processor(pictures[start : start + 64], return_tensors="pt")
            embeddings.append(self.model(**tokens, **inputs).image_embeds)
        return F.normalize(torch.cat(embeddings), dim=-1)


def asked() -> list[str]:
    """The 64 captions that are asked for: `mini`, then others of the vocabulary, always the same."""
    captions = dict.fromkeys(chosen.caption for chosen in MINI)
    rng = random.Random(OTHERS_SEED)
    while len(captions) < GROUP:
        captions[layout(rng, mini_share=0).caption] = None
    return list(captions)


def real_retrieval(scorer: Scorer, size: int) -> float:
    """Top-1 among 64 distinct captions, on scenes that training never draws.

    New shifts, scales, backgrounds and combinations; the nouns and the `mini` captions are known.
    """
    rng = random.Random(HELD_OUT_SEED)
    hits = 0
    for _ in range(HELD_OUT // GROUP):
        scenes: dict[str, Image.Image] = {}
        while len(scenes) < GROUP:
            chosen = layout(rng)
            scenes.setdefault(chosen.caption, draw(chosen, rng, size))
        scores = scorer.images(list(scenes.values())) @ scorer.texts(list(scenes)).t()
        hits += (scores.argmax(1) == torch.arange(GROUP)).sum().item()
    return hits / HELD_OUT


def generate(folder: str, captions: list[str], seed: int, ratio: float) -> list[Image.Image]:
    """One picture per caption, with the defaults stored beside the checkpoint."""
    with open(os.path.join(folder, "tome-eval.json"), encoding="utf8") as file:
        defaults = json.load(file)
    pipeline = StableDiffusionPipeline.from_pretrained(folder, safety_checker=None).to(torch.float32)
    pipeline.set_progress_bar_config(disable=True)
    if ratio > 0:
        import tomesd  # only this measurement needs it

        tomesd.apply_patch(pipeline, ratio=ratio)
    pictures = []
    for start in range(0, len(captions), 8):
        part = captions[start : start + 8]
        generators = [torch.Generator().manual_seed(seed) for _ in part]
        pictures += pipeline(
            part, num_inference_steps=defaults["steps"], guidance_scale=defaults["guidance_scale"],
            generator=generators).images
    return pictures


def swept(run: str, captions: list[str], seed: int, ratio: float) -> list[Image.Image]:
    """The pictures of a run of `tome-eval sweep`, which its report's table finds."""
    with open(os.path.join(run, "pictures.csv"), encoding="utf8", newline="") as file:
        paths = {
            row["prompt"]: row["image"] for row in csv.DictReader(file)
            if int(row["seed"]) == seed and float(row["ratio"]) == ratio and row["image"]}
    missing = [caption for caption in captions if caption not in paths]
    if missing:
        raise SystemExit(f"{run} has no picture of {missing[0]!r} with seed {seed} and ratio {ratio:g}")
    return [Image.open(os.path.join(run, paths[caption])).convert("RGB") for caption in captions]


def evaluate(folder: str, sheets: str, seeds: int, ratio: float, run: str | None) -> dict[str, float]:
    """Returns the retrieval rates and writes one sheet of the generated pictures per seed."""
    scorer = Scorer(os.path.join(folder, "clip"))
    captions, mini = asked(), len(MINI)
    texts = scorer.texts(captions)
    right = torch.zeros(len(captions))
    mini_right = 0.0
    for seed in range(seeds):
        pictures = swept(run, captions, seed, ratio) if run else generate(folder, captions, seed, ratio)
        scores = scorer.images(pictures) @ texts.t()
        found = scores.argmax(1) == torch.arange(len(captions))
        mini_found = scores[:mini, :mini].argmax(1) == torch.arange(mini)
        right += found
        mini_right += mini_found.float().mean().item() / seeds
        write_sheet(pictures, 8, os.path.join(sheets, f"asked-seed-{seed}.png"))
        halves = [picture.resize([side // 2 for side in picture.size], Image.LANCZOS) for picture in pictures[:mini]]
        write_sheet(halves, 8, os.path.join(sheets, f"mini-seed-{seed}.png"))
        print(f"seed {seed}: {mini_found.float().mean():.1%} of {mini} among themselves, "
              f"{found.float().mean():.1%} of {len(captions)}", flush=True)
    for caption, count in zip(captions, right.int().tolist()):
        if count < seeds:
            print(f"  {count}/{seeds} {caption}")
    result = {"mini_top1_of_40": mini_right,
              "asked_top1_of_64": (right.sum() / (seeds * len(captions))).item(),
              "real_top1_of_64": real_retrieval(scorer, pictures[0].size[0])}
    print(result, flush=True)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint")
    parser.add_argument("--sheets", default="sheets", help="folder for the contact sheets")
    parser.add_argument("--run", help="a run of tome-eval, whose pictures are taken instead of drawing them with torch")
    parser.add_argument("--captions", metavar="FILE", help="write the captions that are asked for, and do nothing else")
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--ratio", type=float, default=0, help="pictures with tokens merged at this ratio")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    arguments = parser.parse_args()
    if arguments.captions:
        with open(arguments.captions, "w", encoding="utf8") as file:
            file.writelines(caption + "\n" for caption in asked())
        return
    torch.set_num_threads(arguments.threads)
    evaluate(arguments.checkpoint, arguments.sheets, arguments.seeds, arguments.ratio, arguments.run)


if __name__ == "__main__":
    main()
