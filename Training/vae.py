"""The picture autoencoder: 256×256 pictures to 64×64 latents of four channels, and back."""

import os
import random

import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL

from device import Device
from optimizers import MasterWeights
from pool import Scenes, pictures
from progress import Progress
from scenes import scene
from sheet import image, pixels, write_sheet

FACTOR = 4
PEAK_RATE = 1.5e-3
# The decoder sees latents with this much noise (their own deviation is about 1), so that it
# forgives what the generator gets slightly wrong; more would blur.
LATENT_NOISE = 0.12


def new_model(device: Device) -> AutoencoderKL:
    channels = device.vae_channels
    model = AutoencoderKL(
        block_out_channels=channels, layers_per_block=1, latent_channels=4, sample_size=device.side,
        # One group: every group of a norm forgets a flat colour's brightness, so the fewer the better.
        norm_num_groups=1, scaling_factor=1.0, mid_block_add_attention=False,
        down_block_types=("DownEncoderBlock2D",) * len(channels), up_block_types=("UpDecoderBlock2D",) * len(channels))
    return model.to(device.name, memory_format=torch.channels_last)


def encode(model: AutoencoderKL, device: Device, pictures: torch.Tensor) -> torch.Tensor:
    """The mean latents. The deviation that the encoder also puts out stays untrained and unused."""
    with device.autocast():
        return model.quant_conv(model.encoder(pictures)).chunk(2, 1)[0].float()


def decode(model: AutoencoderKL, device: Device, latents: torch.Tensor) -> torch.Tensor:
    with device.autocast():
        return model.decoder(model.post_quant_conv(latents)).float()


def reconstruction_loss(ours: torch.Tensor, target: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """L1 and squared error, and L1 of the differences of neighbours, which keeps edges sharp."""
    absolute = (ours - target).abs().mean()
    across = (ours.diff(dim=-1) - target.diff(dim=-1)).abs().mean()
    down = (ours.diff(dim=-2) - target.diff(dim=-2)).abs().mean()
    return absolute + 0.5 * (across + down) + 0.5 * (ours - target).square().mean(), absolute


def _shown(levels: torch.Tensor, device: Device, fraction: float, generator: torch.Generator) -> torch.Tensor:
    """Crops first, because they cost little; then whole pictures, because the norms' statistics differ."""
    if fraction >= 0.5:
        return pictures(levels[torch.randint(len(levels), (device.vae_batch,), generator=generator)])
    size = device.side // 2
    count = 3 * device.vae_batch
    chosen = torch.randint(len(levels), (count,), generator=generator).tolist()
    corners = torch.randint(device.side - size + 1, (count, 2), generator=generator).tolist()
    return pictures(torch.stack([
        levels[k, top : top + size, left : left + size] for k, (top, left) in zip(chosen, corners)]))


def train(work: str, minutes: float, device: Device, scenes: Scenes) -> None:
    """A plain autoencoder with fixed latent noise; writes `work/vae` with its `scaling_factor`."""
    torch.manual_seed(4)
    model = new_model(device)
    weights = MasterWeights(model, decay=0.99, type=device.type)
    progress = Progress(os.path.join(work, "vae.pt"), minutes, device.clock, weights=weights)
    levels = None if progress.is_done else scenes.levels(device.vae_scenes)
    while not progress.is_done:
        generator = torch.Generator().manual_seed(progress.step)
        target = _shown(levels, device, progress.fraction, generator)
        latents = noisy = encode(model, device, target)
        if progress.step % 4 == 3:
            # Latents of a picture at half the size are the latents, halved: smooth latents are
            # easy to generate, and the generator starts from halved ones.
            target, noisy = F.avg_pool2d(target, 2), F.avg_pool2d(latents, 2)
        noisy = noisy + LATENT_NOISE * torch.randn(noisy.shape, generator=generator).to(noisy.device)
        loss, absolute = reconstruction_loss(decode(model, device, noisy), target)
        (loss + 2e-3 * latents.square().mean()).backward()
        weights.step(progress.learning_rate(PEAK_RATE, warmup=50))
        progress.advance(l1=absolute)
    progress.save()
    weights.take_average()
    model.register_to_config(scaling_factor=round(1 / evaluate(model, device, work), 6))
    model.to("cpu", memory_format=torch.contiguous_format).save_pretrained(os.path.join(work, "vae"))


@torch.no_grad()
def evaluate(model: AutoencoderKL, device: Device, work: str) -> float:
    """Prints the errors on whole scenes, writes a sheet of them; returns the latents' deviation."""
    rng = random.Random(6)
    shown = torch.stack([pixels(scene(rng, device.side)[0]) for _ in range(8)]).to(device.name)
    latents = torch.cat([encode(model, device, chosen[None]) for chosen in shown])
    ours = torch.cat([decode(model, device, chosen[None]) for chosen in latents])
    error = (ours.clamp(-1, 1) - shown) / 2
    psnr = -10 * error.square().mean((1, 2, 3)).log10().mean()
    absolute, deviation = 2 * error.abs().mean(), latents.std()
    print(f"vae: scenes L1 {absolute:.4f}, PSNR {psnr:.2f} dB, latents' deviation {deviation:.3f}", flush=True)
    write_sheet([image(p) for p in (*shown.cpu(), *ours.cpu())], 8, os.path.join(work, "sheets", "vae.png"))
    return deviation.item()


def load(work: str, device: Device) -> AutoencoderKL:
    model = AutoencoderKL.from_pretrained(os.path.join(work, "vae")).eval().requires_grad_(False)
    return model.to(device.name, memory_format=torch.channels_last)
