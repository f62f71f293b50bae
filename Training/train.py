"""Trains the demonstration checkpoint from nothing: tokenizer, CLIP, scorer, VAE, UNet, export."""

import argparse
import os

import torch
import transformers

import clip
import export
import scorer
import tokenizer
import unet
import vae
from device import DEVICES, Device
from pool import Scenes

PARTS = ("tokenizer", "clip", "scorer", "vae", "unet", "export")
# What the embedded checkpoint was given: processor minutes for the text parts, GPU minutes for the others.
BUDGET = {"clip": 26.0, "scorer": 25.0, "vae": 1.3, "coarse": 1.03, "unet": 5.57}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", required=True, help="folder for intermediate checkpoints, sheets and the result")
    parser.add_argument(
        "--device", choices=tuple(DEVICES), default="cuda" if torch.cuda.is_available() else "cpu",
        help="where VAE and UNet are trained; CLIP and scorer, which draw their scenes as they go, use the processor")
    parser.add_argument(
        "--budget", nargs="*", default=[], metavar="PART=MINUTES",
        help=f"minutes of the device (of a processor: of all its cores together); default {BUDGET}")
    parser.add_argument("--parts", nargs="*", choices=PARTS, default=PARTS)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--toy", action="store_true", help="tiny models and few scenes, to see every part run")
    arguments = parser.parse_args()
    budget = dict(BUDGET)
    for entry in arguments.budget:
        part, _, minutes = entry.partition("=")
        if part not in budget:
            parser.error(f"--budget {entry}: no part {part}; choose from {', '.join(budget)}")
        budget[part] = float(minutes)
    torch.set_num_threads(arguments.threads)
    # A tower loaded out of the whole CLIP lists the other tower's weights as unexpected.
    transformers.logging.set_verbosity_error()
    os.makedirs(arguments.work, exist_ok=True)
    train(arguments.work, DEVICES[arguments.device], arguments.toy, arguments.parts, budget)


def train(work: str, device: Device, is_toy: bool, parts: list[str], budget: dict[str, float]) -> None:
    device = device.toy() if is_toy else device
    if "tokenizer" in parts and not os.path.exists(os.path.join(work, "tokenizer", "vocab.json")):
        tokenizer.train(os.path.join(work, "tokenizer"))
    if "clip" in parts:
        clip.train(work, budget["clip"])
    if "scorer" in parts:
        scorer.train(work, budget["scorer"])
    if "vae" in parts or "unet" in parts:
        scenes = Scenes(device)
        device.prepare()
        if "vae" in parts:
            vae.train(work, budget["vae"], device, scenes)
        if "unet" in parts:
            unet.train(work, budget["coarse"], budget["unet"], device, scenes)
    if "export" in parts:
        export.export(work, os.path.join(work, "checkpoint"))


if __name__ == "__main__":
    main()
