"""How many floating-point operations the demonstration model takes, as torch counts them.

    python Tests/Reference/operations.py

torch's FlopCounterMode counts matrix products, convolutions and attention; a multiplication and its addition are two.
A step is a guidance pair at the model's own size.
"""

from pathlib import Path

import tomesd
import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor
from torch.utils.flop_counter import FlopCounterMode

from fixture_io import write_fixture

MODEL = Path(__file__).resolve().parents[2] / "Sources" / "DemoCheckpoint" / "checkpoint"


def operations(run):
    with FlopCounterMode(display=False) as counter:
        run()
    return counter.get_total_flops()


@torch.no_grad()
def main():
    unet = UNet2DConditionModel.from_pretrained(MODEL / "unet", torch_dtype=torch.float32)
    vae = AutoencoderKL.from_pretrained(MODEL / "vae", torch_dtype=torch.float32)
    side = unet.config.sample_size
    # As products: the fused attention of a processor is not counted.
    unet.set_attn_processor(AttnProcessor())
    latents = torch.zeros(2, 4, side, side)
    states = torch.zeros(2, 77, unet.config.cross_attention_dim)
    settings = {"step": operations(lambda: unet(latents, 500, encoder_hidden_states=states))}
    settings["decoding"] = operations(lambda: vae.decode(latents[:1]))
    torch.manual_seed(0)
    noise, texts = torch.randn(latents.shape), torch.randn(states.shape)
    tomesd.apply_patch(unet, ratio=0.5)
    settings["merged_step"] = operations(lambda: unet(noise, 500, encoder_hidden_states=texts))
    write_fixture("UNet", "operations", {"none": torch.zeros(1)}, settings)
    print(settings)


if __name__ == "__main__":
    main()
