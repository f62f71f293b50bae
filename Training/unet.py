"""The generator: first its inner levels alone on halved latents, then the whole UNet."""

import os
import random

import torch
import torch.nn.functional as F
from diffusers import UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor

import vae
from captions import MINI
from diffusion import noised, sample
from latents import LatentPool
from muon import Optimizers
from progress import Average, Progress, autocast
from sheet import image, write_sheet

CHANNELS = (48, 96, 192, 192)
PEAK_RATE = 1.5e-3
COARSE_BATCH, BATCH = 32, 32
POOL, RENEWED, RENEWED_EVERY = 2000, 8, 10
CAPTION_DROPOUT = 0.1
# Of the outer level's queries and keys: the logit of a token with itself is 2.18² · √48 = 33.
SHARPNESS = 2.18
PREVIEW = tuple(layout.caption for layout in MINI)
SHEET_EVERY = 500


def new_model(text_width: int) -> UNet2DConditionModel:
    unet = UNet2DConditionModel(
        sample_size=vae.SIDE // vae.FACTOR, layers_per_block=1, block_out_channels=CHANNELS,
        down_block_types=("CrossAttnDownBlock2D",) * 3 + ("DownBlock2D",),
        up_block_types=("UpBlock2D",) + ("CrossAttnUpBlock2D",) * 3,
        cross_attention_dim=text_width, norm_num_groups=8,
        # diffusers calls the number of heads so. One head where there are 1024 tokens.
        attention_head_dim=(1, 2, 4, 4))
    for transformer in _outer_transformers(unet):
        transformer.proj_in.requires_grad_(False)
        for block in transformer.transformer_blocks:
            block.attn1.to_q.requires_grad_(False)
            block.attn1.to_k.requires_grad_(False)
    return unet


class CoarsePath(torch.nn.Module):
    """The UNet without its outermost level, on latents of half the size.

    The inner levels see objects in the very size that they will have inside the whole UNet, at a
    quarter of the cost. A pointwise entry and a head of their own stand in for the outer level.
    """

    def __init__(self, unet: UNet2DConditionModel):
        super().__init__()
        self.unet = unet
        first, second = CHANNELS[:2]
        self.entry = torch.nn.Conv2d(4, first, 1)
        self.head = torch.nn.Sequential(
            torch.nn.GroupNorm(8, second), torch.nn.SiLU(), torch.nn.Conv2d(second, 4, 3, padding=1))

    def forward(self, latents: torch.Tensor, timesteps: torch.Tensor, states: torch.Tensor) -> torch.Tensor:
        unet = self.unet
        time = unet.time_embedding(unet.time_proj(timesteps))
        hidden = self.entry(latents)
        skips = (hidden,)
        for block in unet.down_blocks[1:]:
            text = {"encoder_hidden_states": states} if hasattr(block, "attentions") else {}
            hidden, outputs = block(hidden, time, **text)
            skips += outputs
        hidden = unet.mid_block(hidden, time, encoder_hidden_states=states)
        inner = unet.up_blocks[:-1]
        for block in inner:
            used, skips = skips[-len(block.resnets) :], skips[: -len(block.resnets)]
            text = {"encoder_hidden_states": states} if hasattr(block, "attentions") else {}
            upsamplers = block.upsamplers
            if block is inner[-1]:
                block.upsamplers = None
            hidden = block(hidden, res_hidden_states_tuple=used, temb=time, **text)
            block.upsamplers = upsamplers
        return self.head(hidden)

    @torch.no_grad()
    def grow(self) -> None:
        """Makes the UNet's outer level feed the inner ones just what `entry` fed them.

        The outer level passes four latents on (no residual branch adds to those channels at first) and its
        downsampling convolution averages 2×2 of them, then does what `entry` did.
        """
        level, first = self.unet.down_blocks[0], self.unet.conv_in
        first.weight[:4], first.bias[:4] = 0, 0
        for channel in range(4):
            first.weight[channel, channel, 1, 1] = 1
        for resnet in (*level.resnets, *self.unet.up_blocks[-1].resnets):
            resnet.conv2.weight.zero_()
            resnet.conv2.bias.zero_()
        for transformer in _outer_transformers(self.unet):
            _attend_to_likes(transformer)
        level.attentions[0].proj_out.weight[:4] = 0
        level.attentions[0].proj_out.bias[:4] = 0
        down = level.downsamplers[0].conv
        down.weight.zero_()
        # With padding 1 and stride 2, the kernel's last two rows and columns cover the 2×2 block.
        down.weight[:, :4, 1:, 1:] = self.entry.weight / 4
        down.bias.copy_(self.entry.bias)


def _outer_transformers(unet: UNet2DConditionModel) -> list[torch.nn.Module]:
    return [*unet.down_blocks[0].attentions, *unet.up_blocks[-1].attentions]


@torch.no_grad()
def _attend_to_likes(transformer: torch.nn.Module) -> None:
    """Makes the self-attention of a `Transformer2DModel` an average over the tokens most like the own one.

    Equal, sharp queries and keys make a token attend to its near duplicates, and values pass through
    unchanged. The entry is so weak that what the block goes on with is what attention returned.
    `new_model` keeps these three as they are. Left to train, so shallow a level solves its task with
    convolutions and averages its attention over the whole background: then merging its tokens, which
    is what this checkpoint is to show, changes nothing.
    """
    torch.nn.init.orthogonal_(transformer.proj_in.weight, gain=0.1)
    transformer.proj_in.bias.zero_()
    for block in transformer.transformer_blocks:
        attention = block.attn1
        torch.nn.init.orthogonal_(attention.to_q.weight, gain=SHARPNESS)
        attention.to_k.weight.copy_(attention.to_q.weight)
        torch.nn.init.orthogonal_(attention.to_v.weight)
        attention.to_out[0].weight.copy_(attention.to_v.weight.t())


def halved(latents: torch.Tensor) -> torch.Tensor:
    return F.avg_pool2d(latents, 2)


@torch.no_grad()
def preview(predict, pool: LatentPool, coarse: bool, path: str) -> None:
    """Samples every `mini` caption once and writes the sheet."""
    noise = torch.randn(len(PREVIEW), 4, 32, 32, generator=torch.Generator().manual_seed(7))
    empty = pool.text([""])
    pictures = []
    for start in range(0, len(PREVIEW), 8):
        part = noise[start : start + 8]
        latents = sample(predict, halved(part) if coarse else part, pool.text(list(PREVIEW[start : start + 8])), empty)
        pictures += [image(p) for p in vae.decode(pool.vae, latents / pool.vae.config.scaling_factor)]
    write_sheet(pictures, 8, path)


def _run(name: str, model: torch.nn.Module, unet: UNet2DConditionModel, pool: LatentPool, work: str, minutes: float,
         coarse: bool) -> None:
    """Trains `model` (the UNet, or its coarse path) to the budget and leaves the averaged weights in it."""
    optimizer = Optimizers(model.named_parameters(), PEAK_RATE)
    average = Average(model, decay=0.995)
    progress = Progress(os.path.join(work, name + ".pt"), minutes, model=model, optimizer=optimizer, average=average)
    empty = pool.text([""])

    def predict(latents, timesteps, states):
        with autocast():
            output = model(latents, timesteps, states)
            return (output if coarse else output.sample).float()

    def write_preview():
        weights = [parameter.detach().clone() for parameter in model.parameters()]
        average.copy_to(model)
        preview(predict, pool, coarse, os.path.join(work, "sheets", f"{name}-{progress.step:06d}.png"))
        with torch.no_grad():
            for parameter, value in zip(model.parameters(), weights):
                parameter.copy_(value)

    while not progress.is_done:
        generator = torch.Generator().manual_seed((10_000_000 if coarse else 20_000_000) + progress.step)
        latents, states = pool.batch(COARSE_BATCH if coarse else BATCH, generator)
        dropped = torch.rand(len(states), generator=generator) < CAPTION_DROPOUT
        states = torch.where(dropped[:, None, None], empty, states)
        noisy, velocity, timesteps = noised(latents, generator)
        if coarse:
            noisy, velocity = halved(noisy), halved(velocity)
        ours = predict(noisy.contiguous(memory_format=torch.channels_last), timesteps, states)
        loss = (ours - velocity).square().mean()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step(progress.learning_rate(PEAK_RATE))
        average.update(model)
        if progress.step % RENEWED_EVERY == 0:
            pool.renew(RENEWED, random.Random(30_000_000 + progress.step))
        progress.advance(loss=loss.item())
        if progress.step % SHEET_EVERY == 0:
            write_preview()
    progress.save()
    average.copy_to(model)
    write_preview()


def train(work: str, coarse_minutes: float, minutes: float) -> None:
    """Writes `work/unet`."""
    pool = LatentPool(work, POOL, seed=8)
    torch.manual_seed(9)
    unet = new_model(pool.states.shape[-1]).to(memory_format=torch.channels_last)
    # Attention as two products and a softmax trains twice as fast here as torch's fused kernel.
    unet.set_attn_processor(AttnProcessor())
    print(f"unet: {sum(p.numel() for p in unet.parameters()) / 1e6:.2f} M parameters", flush=True)
    coarse = CoarsePath(unet)
    if not os.path.exists(os.path.join(work, "unet.pt")):
        _run("coarse", coarse, unet, pool, work, coarse_minutes, coarse=True)
        coarse.grow()
    _run("unet", unet, unet, pool, work, minutes, coarse=False)
    unet.to(memory_format=torch.contiguous_format).save_pretrained(os.path.join(work, "unet"))
