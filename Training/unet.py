"""The generator: first its inner levels alone on halved latents, then the whole UNet."""

import os

import torch
import torch.nn.functional as F
from diffusers import UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor

import vae
from captions import MINI
from device import Device
from diffusion import noised, sample
from latents import LatentPool
from optimizers import MasterWeights
from pool import Scenes
from progress import Progress
from sheet import image, write_sheet

PEAK_RATE = 2e-3
CAPTION_DROPOUT = 0.1
# Of the outer level's queries and keys: the logit of a token with itself is 2.18² · √48 = 33.
SHARPNESS = 2.18
SHEETS = 10


def new_model(device: Device, text_width: int) -> UNet2DConditionModel:
    """Its outer level has three attention layers of 4096 tokens, which take about half of a step's time."""
    unet = UNet2DConditionModel(
        sample_size=device.side // vae.FACTOR, layers_per_block=1, block_out_channels=device.unet_channels,
        down_block_types=("CrossAttnDownBlock2D",) * 3 + ("DownBlock2D",),
        up_block_types=("UpBlock2D",) + ("CrossAttnUpBlock2D",) * 3,
        cross_attention_dim=text_width, norm_num_groups=8,
        # diffusers calls the number of heads so. One head where there are 4096 tokens.
        attention_head_dim=(1, 2, 4, 4))
    if not device.is_gpu:
        # Attention as two products and a softmax trains twice as fast on a processor as torch's fused kernel.
        unet.set_attn_processor(AttnProcessor())
    return unet.to(device.name, memory_format=torch.channels_last)


class CoarsePath(torch.nn.Module):
    """The UNet without its outermost level, on latents of half the size.

    The inner levels see objects in the very size that they will have inside the whole UNet, at a
    quarter of the cost. A pointwise entry and a head of their own stand in for the outer level.
    """

    def __init__(self, unet: UNet2DConditionModel):
        super().__init__()
        self.unet = unet
        first, second = unet.config.block_out_channels[:2]
        self.entry = torch.nn.Conv2d(4, first, 1)
        self.head = torch.nn.Sequential(
            torch.nn.GroupNorm(8, second), torch.nn.SiLU(), torch.nn.Conv2d(second, 4, 3, padding=1))

    def forward(self, latents: torch.Tensor, timesteps: torch.Tensor, states: torch.Tensor) -> torch.Tensor:
        unet = self.unet
        time = unet.time_embedding(unet.time_proj(timesteps).to(latents.dtype))
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

    def train_inner(self) -> None:
        """Has gradients for what `forward` uses, and for nothing else."""
        self.requires_grad_(True)
        unet = self.unet
        for module in (unet.conv_in, unet.down_blocks[0], unet.up_blocks[-2].upsamplers, unet.up_blocks[-1],
                       unet.conv_norm_out, unet.conv_out):
            module.requires_grad_(False)

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


def train_all(unet: UNet2DConditionModel) -> None:
    """Has gradients for everything but what `_attend_to_likes` is there for."""
    unet.requires_grad_(True)
    for transformer in _outer_transformers(unet):
        transformer.proj_in.requires_grad_(False)
        for block in transformer.transformer_blocks:
            block.attn1.to_q.requires_grad_(False)
            block.attn1.to_k.requires_grad_(False)


def _outer_transformers(unet: UNet2DConditionModel) -> list[torch.nn.Module]:
    return [*unet.down_blocks[0].attentions, *unet.up_blocks[-1].attentions]


@torch.no_grad()
def _attend_to_likes(transformer: torch.nn.Module) -> None:
    """Makes the self-attention of a `Transformer2DModel` an average over the tokens most like the own one.

    Equal, sharp queries and keys make a token attend to its near duplicates, and values pass through
    unchanged. The entry is so weak that what the block goes on with is what attention returned.
    `train_all` keeps these three as they are. Left to train, so shallow a level solves its task with
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


class Training:
    """One of the two models, trained to its budget."""

    def __init__(
        self, name: str, model: torch.nn.Module, pool: LatentPool, work: str, minutes: float, decay: float,
        coarse: bool
    ):
        self.name, self.model, self.pool, self.work, self.coarse = name, model, pool, work, coarse
        self.device = pool.device
        self.weights = MasterWeights(model.float(), decay=decay, type=self.device.type)
        model.to(self.device.type)
        self.progress = Progress(
            os.path.join(work, name + ".pt"), minutes, self.device.clock, model=model, weights=self.weights)
        # The outer level's shapes are always the same: compiling for them pays within a minute.
        compiles = self.device.is_gpu and not coarse
        self.net = torch.compile(model, dynamic=False) if compiles else model

    def predict(self, latents: torch.Tensor, timesteps: torch.Tensor, states: torch.Tensor, net=None) -> torch.Tensor:
        latents = latents.to(self.device.type).contiguous(memory_format=torch.channels_last)
        output = (net or self.model)(latents, timesteps, states)
        return (output if self.coarse else output.sample).float()

    def run(self) -> None:
        """Leaves the averaged weights in the model, in single precision."""
        progress, batch = self.progress, self.device.coarse_batch if self.coarse else self.device.batch
        sheets = int(progress.fraction * SHEETS)
        while not progress.is_done:
            generator = torch.Generator(self.device.name)
            generator.manual_seed((10_000_000 if self.coarse else 20_000_000) + progress.step)
            latents, states = self.pool.batch(batch, CAPTION_DROPOUT, generator)
            noisy, velocity, timesteps = noised(latents, generator)
            if self.coarse:
                noisy, velocity = halved(noisy), halved(velocity)
            loss = (self.predict(noisy, timesteps, states, self.net) - velocity).square().mean()
            loss.backward()
            self.weights.step(progress.learning_rate(PEAK_RATE))
            progress.advance(loss=loss)
            if int(progress.fraction * SHEETS) > sheets:
                sheets = int(progress.fraction * SHEETS)
                self.write_sheet()
        progress.save()
        self.model.float()
        self.weights.take_average()

    @torch.no_grad()
    def write_sheet(self) -> None:
        """Every `mini` caption, or the first of them, as the averaged weights draw it."""
        captions = [layout.caption for layout in MINI][: self.device.previews]
        side = self.device.side // vae.FACTOR
        noise = torch.randn(len(captions), 4, side, side, generator=torch.Generator().manual_seed(7))
        noise = noise.to(self.device.name)
        states, drawn = self.pool.text(captions), []
        with self.weights.averaged():
            for part, wanted in zip(noise.split(8), states.split(8)):
                latents = sample(self.predict, halved(part) if self.coarse else part, wanted, self.pool.empty)
                drawn += [image(picture) for picture in self.pool.decode(latents)]
        write_sheet(drawn, 8, os.path.join(self.work, "sheets", f"{self.name}-{self.progress.step:06d}.png"))


def train(work: str, coarse_minutes: float, minutes: float, device: Device, scenes: Scenes) -> None:
    """Writes `work/unet`."""
    pool = LatentPool(work, device, scenes)
    torch.manual_seed(9)
    unet = new_model(device, pool.width)
    print(f"unet: {sum(p.numel() for p in unet.parameters()) / 1e6:.2f} M parameters", flush=True)
    if not os.path.exists(os.path.join(work, "unet.pt")):
        path = CoarsePath(unet).to(device.name, memory_format=torch.channels_last)
        path.train_inner()
        Training("coarse", path, pool, work, coarse_minutes, decay=0.997, coarse=True).run()
        path.grow()
    train_all(unet)
    whole = Training("unet", unet, pool, work, minutes, decay=0.998, coarse=False)
    whole.run()
    unet.to("cpu", memory_format=torch.contiguous_format).save_pretrained(os.path.join(work, "unet"))
