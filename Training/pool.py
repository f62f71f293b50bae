"""Scenes that processes draw into memory which the training process reads."""

import mmap
import multiprocessing
import os
import random
import time

import numpy as np
import torch

from device import Device
from scenes import layout, scene

SEED = 70_000_000
# The generator, which is the weakest part, sees more of the captions that it will be asked for.
MINI_SHARE = 0.7


class Scenes:
    """Scene k is a function of k alone, whichever process draws it and however often a run is stopped.

    To be made before anything touches the GPU, which does not survive a fork.
    """

    def __init__(self, device: Device):
        self.device, self.count = device, device.scenes
        side, self._workers = device.side, device.drawing_processes
        self._memory = mmap.mmap(-1, self.count * side * side * 3)
        self._levels = np.frombuffer(self._memory, dtype=np.uint8).reshape(self.count, side, side, 3)
        context = multiprocessing.get_context("fork")
        self._drawn = context.RawArray("q", self._workers)
        self._processes = [
            context.Process(target=self._draw, args=(worker,), daemon=True) for worker in range(self._workers)]
        for process in self._processes:
            process.start()

    def _draw(self, worker: int) -> None:
        os.nice(5)
        for k in range(worker, self.count, self._workers):
            self._levels[k] = np.asarray(scene(random.Random(SEED + k), self.device.side, MINI_SHARE)[0])
            self._drawn[worker] += 1

    def _wait(self, count: int) -> None:
        # Every process has drawn its first ones, so the least busy one bounds how far all are.
        while min(self._drawn) * self._workers < count and not min(self._drawn) >= self.count // self._workers:
            if not all(process.is_alive() or process.exitcode == 0 for process in self._processes):
                raise SystemExit("a process that draws scenes died")
            time.sleep(0.05)
        if count == self.count:
            for process in self._processes:
                process.join()

    def levels(self, count: int) -> torch.Tensor:
        """The first scenes as [count, H, W, 3] bytes on the device, once they are drawn."""
        self._wait(count)
        return torch.from_numpy(self._levels[:count]).to(self.device.name)

    def captions(self) -> list[str]:
        """What the scenes show: a scene's layout is the first thing that its generator makes."""
        return [layout(random.Random(SEED + k), MINI_SHARE).caption for k in range(self.count)]


def pictures(levels: torch.Tensor) -> torch.Tensor:
    """[B, 3, H, W] in [-1, 1] of bytes [B, H, W, 3]."""
    return (levels.permute(0, 3, 1, 2).float() / 127.5 - 1).contiguous(memory_format=torch.channels_last)
