"""Scenes encoded once: latents and text states that the generator trains on."""

import os

import torch
from transformers import CLIPTextModel

import vae
from device import Device
from pool import Scenes, pictures
from tokenizer import encode, load


class TextEncoder:
    """The text tower of the demonstration CLIP."""

    def __init__(self, work: str, device: Device):
        self.device = device
        self.tokenizer = load(os.path.join(work, "tokenizer"))
        model = CLIPTextModel.from_pretrained(os.path.join(work, "clip"))
        self.model = model.eval().requires_grad_(False).to(device.name)

    @torch.no_grad()
    def __call__(self, captions: list[str]) -> torch.Tensor:
        """[B, 77, C]."""
        parts = []
        for start in range(0, len(captions), 256):
            ids = encode(self.tokenizer, captions[start : start + 256]).input_ids.to(self.device.name)
            parts.append(self.model(ids).last_hidden_state.to(self.device.type))
        return torch.cat(parts)


class LatentPool:
    """Latents [N, 4, H, W], scaled to deviation 1, in half precision, and each distinct caption's states once."""

    def __init__(self, work: str, device: Device, scenes: Scenes):
        self.device, self.text, self.vae = device, TextEncoder(work, device), vae.load(work, device)
        self.empty = self.text([""])
        index: dict[str, int] = {}
        self._caption = torch.tensor(
            [index.setdefault(caption, len(index)) for caption in scenes.captions()], device=device.name)
        self._states = self.text(list(index))
        self._latents = self._encoded(scenes)
        print(
            f"pool: {len(self._latents)} scenes, {len(index)} captions, "
            f"deviation {self._latents.float().std():.3f}", flush=True)

    @torch.no_grad()
    def _encoded(self, scenes: Scenes) -> torch.Tensor:
        batch = 128 if self.device.is_gpu else 4
        return torch.cat([
            (vae.encode(self.vae, self.device, pictures(levels)) * self.vae.config.scaling_factor).contiguous().half()
            for levels in scenes.levels(scenes.count).split(batch)])

    @property
    def width(self) -> int:
        """Channels of a text state."""
        return self._states.shape[-1]

    def batch(
        self, count: int, caption_dropout: float, generator: torch.Generator
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Latents and states; some states are those of the empty caption."""
        place = self._latents.device
        chosen = torch.randint(len(self._latents), (count,), generator=generator, device=place)
        dropped = torch.rand(count, generator=generator, device=place) < caption_dropout
        states = torch.where(dropped[:, None, None], self.empty, self._states[self._caption[chosen]])
        return self._latents[chosen].float(), states

    def decode(self, latents: torch.Tensor) -> torch.Tensor:
        """[B, 3, H, W] in [-1, 1], in the processor's memory."""
        scaled = latents / self.vae.config.scaling_factor
        return torch.cat([vae.decode(self.vae, self.device, part).cpu() for part in scaled.split(8)])
