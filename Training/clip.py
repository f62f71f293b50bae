"""The small CLIP, both towers trained together: its text tower conditions the generator."""

import os
import random

import torch
import torch.nn.functional as F
from transformers import CLIPConfig, CLIPModel

from device import CPU
from progress import Progress
from scenes import MINI_SHARE, draw, layout
from sheet import pixels
from tokenizer import encode, load

SIDE = 112
BATCH, PEAK_RATE = 64, 1e-3
MEAN, STD = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)


def new_model(tokenizer) -> CLIPModel:
    marks = {name: getattr(tokenizer, name) for name in ("bos_token_id", "eos_token_id", "pad_token_id")}
    tower = {"hidden_size": 160, "intermediate_size": 640, "num_attention_heads": 4, "num_hidden_layers": 4}
    config = CLIPConfig(
        projection_dim=128,
        text_config={**tower, **marks, "vocab_size": len(tokenizer), "max_position_embeddings": 77},
        vision_config={**tower, "image_size": SIDE, "patch_size": 14})
    model = CLIPModel(config)
    # OpenAI's deviations of weights suit widths of 512 and more; this one is narrow.
    for name, parameter in model.named_parameters():
        if "embedding" in name and parameter.dim() == 2:
            torch.nn.init.normal_(parameter, std=0.05)
    return model


def normalised(pictures: torch.Tensor) -> torch.Tensor:
    """[B, 3, H, W] in [-1, 1] as the vision tower wants it."""
    mean, std = (torch.tensor(values).view(1, 3, 1, 1) for values in (MEAN, STD))
    return ((pictures + 1) / 2 - mean) / std


def _rendered(rng: random.Random, mini_share: float) -> tuple[torch.Tensor, str]:
    chosen = layout(rng, mini_share)
    return pixels(draw(chosen, rng, 2 * SIDE).reduce(2)), chosen.caption


def imperfect(pictures: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Some pictures blurred, some noisy: the scorer must also judge what a small model draws."""
    blurred = F.interpolate(F.avg_pool2d(pictures, 4), size=pictures.shape[-2:], mode="bilinear")
    amount = torch.rand(len(pictures), 1, 1, 1, generator=generator)
    mixed = torch.where(amount > 0.6, torch.lerp(pictures, blurred, (amount - 0.6) / 0.4), pictures)
    noise = torch.randn(pictures.shape, generator=generator)
    strength = (torch.rand(len(pictures), 1, 1, 1, generator=generator) - 0.6).clamp(min=0) * 0.5
    return (mixed + strength * noise).clamp(-1, 1)


class Pool:
    """Rendered scenes, partly renewed at every step."""

    def __init__(self, size: int, seed: int, mini_share: float):
        rng, self.mini_share = random.Random(seed), mini_share
        self.items = [_rendered(rng, mini_share) for _ in range(size)]

    def batch(self, count: int, rng: random.Random, renewed: int) -> tuple[torch.Tensor, list[str]]:
        for _ in range(renewed):
            self.items[rng.randrange(len(self.items))] = _rendered(rng, self.mini_share)
        chosen = rng.sample(self.items, count)
        return torch.stack([picture for picture, _ in chosen]), [caption for _, caption in chosen]


def contrastive_loss(
    model: CLIPModel, tokens, pictures: torch.Tensor, captions: list[str]
) -> tuple[torch.Tensor, torch.Tensor]:
    """The loss, and the share of pictures that find their caption. Equal captions are no negatives."""
    with CPU.autocast():
        output = model(**tokens, pixel_values=normalised(pictures))
    texts = F.normalize(output.text_embeds.float(), dim=-1)
    images = F.normalize(output.image_embeds.float(), dim=-1)
    logits = model.logit_scale.exp().clamp(max=100) * images @ texts.t()
    index = {caption: i for i, caption in enumerate(captions)}
    group = torch.tensor([index[caption] for caption in captions])
    same = (group[:, None] == group[None]) & ~torch.eye(len(group), dtype=torch.bool)
    logits = logits.masked_fill(same, -1e4)
    target = torch.arange(len(captions))
    loss = (F.cross_entropy(logits, target) + F.cross_entropy(logits.t(), target)) / 2
    return loss, (logits.argmax(1) == target).float().mean()


def fit(model: CLIPModel, tokenizer, path: str, minutes: float, rate: float, seed: int, mini_share: float) -> None:
    """Trains what of `model` wants gradients to the budget, saving to `path` as it goes."""
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=rate, betas=(0.9, 0.98), weight_decay=0.05)
    progress = Progress(path, minutes, model=model, optimizer=optimizer)
    pool = None if progress.is_done else Pool(1500, seed + 3 + progress.step, mini_share)
    while not progress.is_done:
        rng = random.Random(seed + 20_000_000 + progress.step)
        generator = torch.Generator().manual_seed(seed + progress.step)
        pictures, captions = pool.batch(BATCH, rng, renewed=6)
        tokens = encode(tokenizer, captions, padding="longest")
        for group in optimizer.param_groups:
            group["lr"] = progress.learning_rate(rate)
        loss, accuracy = contrastive_loss(model, tokens, imperfect(pictures, generator), captions)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        progress.advance(loss=loss, top1=accuracy)
    progress.save()


def train(work: str, minutes: float) -> None:
    """Trains to the budget and writes `work/clip`."""
    tokenizer = load(os.path.join(work, "tokenizer"))
    torch.manual_seed(2)
    model = new_model(tokenizer)
    fit(model, tokenizer, os.path.join(work, "clip.pt"), minutes, PEAK_RATE, seed=0, mini_share=MINI_SHARE)
    model.save_pretrained(os.path.join(work, "clip"))
