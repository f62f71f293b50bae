"""Scenes encoded once: latents and text states that the generator trains on, partly renewed."""

import os
import random

import torch
from transformers import CLIPTextModel

import vae
from progress import autocast, write_atomically
from scenes import scene
from sheet import pixels
from tokenizer import encode, load

# The generator, which is the weakest part, sees more of the captions that it will be asked for.
MINI_SHARE = 0.7


class TextEncoder:
    """The text tower of the demonstration CLIP."""

    def __init__(self, work: str):
        self.tokenizer = load(os.path.join(work, "tokenizer"))
        self.model = CLIPTextModel.from_pretrained(os.path.join(work, "clip")).eval().requires_grad_(False)

    @torch.no_grad()
    def __call__(self, captions: list[str]) -> torch.Tensor:
        """[B, 77, C]."""
        with autocast():
            return self.model(encode(self.tokenizer, captions).input_ids).last_hidden_state.float()


class LatentPool:
    """`latents` [N, 4, 32, 32], scaled to deviation 1, and `states` [N, 77, C], both in half precision."""

    def __init__(self, work: str, size: int, seed: int):
        self.text, self.vae = TextEncoder(work), vae.load(work)
        path = os.path.join(work, "pool.pt")
        if os.path.exists(path):
            saved = torch.load(path, weights_only=True)
            self.latents, self.states = saved["latents"], saved["states"]
        else:
            rng = random.Random(seed)
            parts = [self._encoded(8, rng) for _ in range(size // 8)]
            self.latents, self.states = (torch.cat(tensors) for tensors in zip(*parts))
            write_atomically({"latents": self.latents, "states": self.states}, path)
        print(f"pool: {len(self.latents)} scenes, deviation {self.latents.float().std():.3f}", flush=True)

    @torch.no_grad()
    def _encoded(self, count: int, rng: random.Random) -> tuple[torch.Tensor, torch.Tensor]:
        scenes = [scene(rng, vae.SIDE, MINI_SHARE) for _ in range(count)]
        pictures = torch.stack([pixels(picture) for picture, _ in scenes]).contiguous(memory_format=torch.channels_last)
        latents = vae.encode(self.vae, pictures) * self.vae.config.scaling_factor
        return latents.contiguous().half(), self.text([caption for _, caption in scenes]).half()

    def renew(self, count: int, rng: random.Random) -> None:
        chosen = torch.tensor(rng.sample(range(len(self.latents)), count))
        self.latents[chosen], self.states[chosen] = self._encoded(count, rng)

    def batch(self, count: int, generator: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
        chosen = torch.randint(len(self.latents), (count,), generator=generator)
        return self.latents[chosen].float(), self.states[chosen].float()
