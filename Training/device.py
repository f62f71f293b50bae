"""The device that trains: what it computes in, and how much of everything it is given at a time."""

import os
import time
from dataclasses import dataclass, replace

import torch


@dataclass(frozen=True)
class Device:
    name: str
    # The autoencoder is shown crops of half a picture's side three times as many at a time.
    vae_batch: int
    coarse_batch: int
    batch: int
    # Scenes drawn for the generator; the autoencoder begins with the first few of them.
    scenes: int
    vae_scenes: int
    drawing_processes: int
    # Captions on the sheets that show how far the generator is.
    previews: int
    side: int = 256
    vae_channels: tuple[int, ...] = (24, 48, 96)
    unet_channels: tuple[int, ...] = (48, 96, 192, 192)

    @property
    def is_gpu(self) -> bool:
        return self.name == "cuda"

    @property
    def type(self) -> torch.dtype:
        """bfloat16 where it is multiplied natively; elsewhere it is slower than float32."""
        native = self.is_gpu or torch.ops.mkldnn._is_mkldnn_bf16_supported()
        return torch.bfloat16 if native else torch.float32

    def autocast(self) -> torch.autocast:
        return torch.autocast(self.name, dtype=torch.bfloat16, enabled=self.type is torch.bfloat16)

    def clock(self) -> float:
        """Seconds of the GPU, or of all processor cores together."""
        return time.monotonic() if self.is_gpu else time.process_time()

    def prepare(self) -> None:
        if self.is_gpu:
            torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
            torch.backends.cudnn.benchmark = True

    def toy(self) -> "Device":
        """As small as everything can be, to see the whole program run."""
        return replace(
            self, vae_batch=2, coarse_batch=8, batch=4, scenes=64, vae_scenes=32, drawing_processes=2, previews=4,
            side=64, vae_channels=(8, 8, 16), unet_channels=(16, 16, 32, 32))


CPU = Device(
    "cpu", vae_batch=2, coarse_batch=32, batch=16, scenes=3000, vae_scenes=400,
    drawing_processes=os.cpu_count() or 1, previews=8)
DEVICES = {
    "cpu": CPU,
    # What the embedded checkpoint was trained with, on a machine of 16 cores.
    "cuda": replace(
        CPU, name="cuda", vae_batch=24, coarse_batch=256, batch=128, scenes=48_000, vae_scenes=6000,
        drawing_processes=max(1, (os.cpu_count() or 1) - 1), previews=40),
}
