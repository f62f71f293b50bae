"""A training run that can be stopped at any moment and goes on from its last checkpoint."""

import math
import os
import time
from collections.abc import Callable

import torch


def write_atomically(value: object, path: str) -> None:
    """`torch.save` that leaves either the old file or the new one, whenever it is killed."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".part", "wb") as file:
        torch.save(value, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + ".part", path)


class Progress:
    """Counts steps and the time that one part has had of its device, and saves its state as it goes.

    The budget is minutes of the GPU, or processor minutes (of all cores together), which pauses and
    other work on the machine cost nothing of. Every random choice is seeded by the step's number, so
    the state is only the step, the time spent and what the given objects' `state_dict` say.
    """

    def __init__(
        self, path: str, budget_minutes: float, clock: Callable[[], float] = time.process_time,
        save_every: float = 60, **stateful
    ):
        self.path, self.budget, self.save_every, self.stateful = path, budget_minutes * 60, save_every, stateful
        self._clock = clock
        self.step, self.spent = 0, 0.0
        if os.path.exists(path):
            saved = torch.load(path, map_location="cpu", weights_only=True)
            self.step, self.spent = saved["step"], saved["spent"]
            for name, item in stateful.items():
                item.load_state_dict(saved[name])
        # Starts with the first step's end, so that preparing data anew costs nothing of the budget.
        self._last: float | None = None
        self._saved = self._printed = time.monotonic()
        self._averages: dict[str, torch.Tensor] = {}

    @property
    def fraction(self) -> float:
        return min(1.0, self.spent / self.budget)

    @property
    def is_done(self) -> bool:
        return self.spent >= self.budget

    def learning_rate(self, peak: float, warmup: int = 100, decay: float = 0.35) -> float:
        """Linear warm-up, constant, then down along 1 - √x in the last `decay` of the budget."""
        left = max(0.0, self.fraction - (1 - decay)) / decay
        return peak * min(1.0, (self.step + 1) / warmup) * max(0.01, 1 - math.sqrt(left))

    def advance(self, **measures: torch.Tensor) -> None:
        """Ends a step. Measures are averaged where they are, so that a GPU is waited for in printed lines only."""
        now = self._clock()
        self.spent += now - (now if self._last is None else self._last)
        self._last = now
        self.step += 1
        for name, value in measures.items():
            self._averages[name] = self._averages.get(name, value.detach()).lerp(value.detach(), 0.03)
        if time.monotonic() - self._saved > self.save_every:
            self.save()
        if time.monotonic() - self._printed < 20 and not self.is_done:
            return
        self._printed = time.monotonic()
        text = " ".join(f"{name} {value.item():.4f}" for name, value in self._averages.items())
        part = os.path.splitext(os.path.basename(self.path))[0]
        clock = time.strftime("%H:%M:%S")
        print(f"{clock} {part} step {self.step} {self.fraction:.1%} of {self.budget / 60:g} min: {text}", flush=True)

    def save(self) -> None:
        states = {name: item.state_dict() for name, item in self.stateful.items()}
        write_atomically({"step": self.step, "spent": self.spent, **states}, self.path)
        self._saved = time.monotonic()
