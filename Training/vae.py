"""The picture autoencoder: 256×256 pictures to 32×32 latents of four channels, and back."""

import os
import random

import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL

from muon import Optimizers
from progress import Average, Progress, autocast
from scenes import scene
from sheet import image, pixels, write_sheet

SIDE, FACTOR = 256, 8
PEAK_RATE, DECODER_RATE = 1.5e-3, 1e-3
# The decoder sees latents with this much noise (their own deviation is about 1.5), so that it
# forgives what the generator gets slightly wrong; more would blur.
LATENT_NOISE = 0.12
# Small crops first: they cost little. Whole pictures last, because the norms' statistics differ.
CROPS = ((0.6, 64, 16), (0.85, 128, 4), (1.01, 256, 1))


def new_model() -> AutoencoderKL:
    channels = (16, 32, 64, 128)
    return AutoencoderKL(
        block_out_channels=channels, layers_per_block=1, latent_channels=4, sample_size=SIDE,
        # One group: every group of a norm forgets a flat colour's brightness, so the fewer the better.
        norm_num_groups=1, scaling_factor=1.0,
        down_block_types=("DownEncoderBlock2D",) * len(channels), up_block_types=("UpDecoderBlock2D",) * len(channels))


def encode(model: AutoencoderKL, pictures: torch.Tensor) -> torch.Tensor:
    """The mean latents. The deviation that the encoder also puts out stays untrained and unused."""
    with autocast():
        return model.quant_conv(model.encoder(pictures)).chunk(2, 1)[0].float()


def decode(model: AutoencoderKL, latents: torch.Tensor) -> torch.Tensor:
    with autocast():
        return model.decoder(model.post_quant_conv(latents)).float()


def _crop(picture: torch.Tensor, size: int, rng: random.Random) -> torch.Tensor:
    """A random crop that is seldom flat, as most of a picture is background."""
    for _ in range(4):
        top, left = (rng.randrange(picture.shape[-1] - size + 1) for _ in range(2))
        crop = picture[:, top : top + size, left : left + size]
        if crop.std((1, 2)).mean() > 0.05:
            break
    return crop


def reconstruction_loss(ours: torch.Tensor, target: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """L1 and squared error, and L1 of the differences of neighbours, which keeps edges sharp."""
    absolute = (ours - target).abs().mean()
    across = (ours.diff(dim=-1) - target.diff(dim=-1)).abs().mean()
    down = (ours.diff(dim=-2) - target.diff(dim=-2)).abs().mean()
    return absolute + 0.5 * (across + down) + 0.5 * (ours - target).square().mean(), absolute


def train(work: str, minutes: float) -> None:
    """A plain autoencoder with fixed latent noise; writes `work/vae` with its `scaling_factor`."""
    torch.manual_seed(4)
    model = new_model().to(memory_format=torch.channels_last)
    average = Average(model, decay=0.995)
    optimizer = Optimizers(model.named_parameters(), PEAK_RATE)
    progress = Progress(os.path.join(work, "vae.pt"), minutes, model=model, optimizer=optimizer, average=average)
    rng = random.Random(5 + progress.step)
    pool = [] if progress.is_done else [pixels(scene(rng, SIDE)[0]).half() for _ in range(400)]
    while not progress.is_done:
        rng = random.Random(50_000_000 + progress.step)
        generator = torch.Generator().manual_seed(progress.step)
        _, size, batch = next(entry for entry in CROPS if progress.fraction < entry[0])
        pool[rng.randrange(len(pool))] = pixels(scene(rng, SIDE)[0]).half()
        pictures = torch.stack([_crop(chosen.float(), size, rng) for chosen in rng.sample(pool, batch)])
        pictures = pictures.contiguous(memory_format=torch.channels_last)
        latents = encode(model, pictures)
        target, noisy = pictures, latents
        if rng.random() < 0.25:
            # Latents of a picture at half the size are the latents, halved: smooth latents are
            # easy to generate, and the generator starts from halved ones.
            target, noisy = F.avg_pool2d(pictures, 2), F.avg_pool2d(latents, 2)
        noisy = noisy + LATENT_NOISE * torch.randn(noisy.shape, generator=generator)
        loss, absolute = reconstruction_loss(decode(model, noisy), target)
        (loss + 2e-3 * latents.square().mean()).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step(progress.learning_rate(PEAK_RATE, warmup=50))
        average.update(model)
        progress.advance(l1=absolute.item(), deviation=latents.std().item())
        if progress.step % 400 == 0:
            evaluate(average.copy_to(new_model()), work)
    progress.save()
    model = average.copy_to(new_model())
    model.register_to_config(scaling_factor=round(1 / evaluate(model, work), 6))
    model.save_pretrained(os.path.join(work, "vae"))


def train_decoder(work: str, minutes: float) -> None:
    """Trains the decoder on, with the encoder (and so the latents) fixed; writes `work/decoder`.

    It can run beside the generator's training or after it. Latents are those of whole pictures,
    encoded once; the decoder learns on crops of them.
    """
    torch.manual_seed(10)
    model = load(work)
    half = torch.nn.ModuleList([model.post_quant_conv, model.decoder]).requires_grad_(True)
    average = Average(half, decay=0.995)
    optimizer = Optimizers(half.named_parameters(), DECODER_RATE)
    progress = Progress(os.path.join(work, "decoder.pt"), minutes, model=half, optimizer=optimizer, average=average)
    rng = random.Random(11 + progress.step)

    def encoded() -> tuple[torch.Tensor, torch.Tensor]:
        picture = pixels(scene(rng, SIDE)[0])
        with torch.no_grad():
            return picture.half(), encode(model, picture[None])[0].half()

    pool = [] if progress.is_done else [encoded() for _ in range(400)]
    while not progress.is_done:
        rng = random.Random(60_000_000 + progress.step)
        generator = torch.Generator().manual_seed(progress.step)
        _, size, batch = next(entry for entry in CROPS if progress.fraction < entry[0])
        pool[rng.randrange(len(pool))] = encoded()
        pairs = [_paired_crop(*chosen, size // FACTOR, rng) for chosen in rng.sample(pool, batch)]
        target, latents = (torch.stack(tensors).float() for tensors in zip(*pairs))
        noisy = latents + LATENT_NOISE * torch.randn(latents.shape, generator=generator)
        loss, absolute = reconstruction_loss(decode(model, noisy.contiguous(memory_format=torch.channels_last)), target)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(half.parameters(), 1.0)
        optimizer.step(progress.learning_rate(DECODER_RATE, warmup=50))
        average.update(half)
        progress.advance(l1=absolute.item())
    progress.save()
    average.copy_to(half)
    evaluate(model, work)
    model.to(memory_format=torch.contiguous_format).save_pretrained(os.path.join(work, "decoder"))


def _paired_crop(
    picture: torch.Tensor, latents: torch.Tensor, size: int, rng: random.Random
) -> tuple[torch.Tensor, torch.Tensor]:
    """The same square of a picture and of its latents; `size` counts latents."""
    for _ in range(4):
        top, left = (rng.randrange(latents.shape[-1] - size + 1) for _ in range(2))
        rows, columns = (slice(FACTOR * start, FACTOR * (start + size)) for start in (top, left))
        crop = picture[:, rows, columns]
        if crop.float().std((1, 2)).mean() > 0.05:
            break
    return crop, latents[:, top : top + size, left : left + size]


@torch.no_grad()
def evaluate(model: AutoencoderKL, work: str) -> float:
    """Prints the errors on whole scenes, writes a sheet of them; returns the latents' deviation."""
    rng = random.Random(6)
    pictures = torch.stack([pixels(scene(rng, SIDE)[0]) for _ in range(8)])
    latents = torch.cat([encode(model, chosen[None]) for chosen in pictures])
    ours = torch.cat([decode(model, chosen[None]) for chosen in latents])
    error = (ours.clamp(-1, 1) - pictures) / 2
    psnr = -10 * error.square().mean((1, 2, 3)).log10().mean()
    absolute, deviation = 2 * error.abs().mean(), latents.std()
    print(f"vae: scenes L1 {absolute:.4f}, PSNR {psnr:.2f} dB, latents' deviation {deviation:.3f}", flush=True)
    write_sheet([image(p) for p in (*pictures, *ours)], 8, os.path.join(work, "sheets", "vae.png"))
    return latents.std().item()


def load(work: str) -> AutoencoderKL:
    model = AutoencoderKL.from_pretrained(os.path.join(work, "vae")).eval().requires_grad_(False)
    return model.to(memory_format=torch.channels_last)
