"""A training run that can be stopped at any moment and goes on from its last checkpoint."""

import math
import os
import time

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
    """Counts steps and spent processor time of one part, and saves its state as it goes.

    The budget is processor minutes (of all cores together), so that pauses and other work on the
    machine cost nothing of it. Every random choice is seeded by the step's number, so the state is
    only the step, the time spent and what the given objects' `state_dict` say.
    """

    def __init__(self, path: str, budget_minutes: float, save_every: float = 60, **stateful):
        self.path, self.budget, self.save_every, self.stateful = path, budget_minutes * 60, save_every, stateful
        self.step, self.spent = 0, 0.0
        if os.path.exists(path):
            saved = torch.load(path, weights_only=True)
            self.step, self.spent = saved["step"], saved["spent"]
            for name, item in stateful.items():
                item.load_state_dict(saved[name])
        # Starts with the first step's end, so that preparing data anew costs nothing of the budget.
        self._processor: float | None = None
        self._saved = self._printed = time.monotonic()
        self._averages: dict[str, float] = {}

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

    def advance(self, **measures: float) -> bool:
        """Ends a step. Returns whether a progress line was printed: now and then, a sheet suits."""
        now = time.process_time()
        self.spent += now - (now if self._processor is None else self._processor)
        self._processor = now
        self.step += 1
        for name, value in measures.items():
            self._averages[name] = 0.97 * self._averages.get(name, value) + 0.03 * value
        if time.monotonic() - self._saved > self.save_every:
            self.save()
        if time.monotonic() - self._printed < 20 and not self.is_done:
            return False
        self._printed = time.monotonic()
        text = " ".join(f"{name} {value:.4f}" for name, value in self._averages.items())
        part = os.path.splitext(os.path.basename(self.path))[0]
        clock = time.strftime("%H:%M:%S")
        print(f"{clock} {part} step {self.step} {self.fraction:.1%} of {self.budget / 60:.0f} min: {text}", flush=True)
        return True

    def save(self) -> None:
        states = {name: item.state_dict() for name, item in self.stateful.items()}
        write_atomically({"step": self.step, "spent": self.spent, **states}, self.path)
        self._saved = time.monotonic()


def working_type() -> torch.dtype:
    """bfloat16 where the processor multiplies it natively; elsewhere it is slower than float32."""
    return torch.bfloat16 if torch.ops.mkldnn._is_mkldnn_bf16_supported() else torch.float32


def autocast() -> torch.autocast:
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=working_type() is torch.bfloat16)


class Average:
    """An exponential moving average of a module's weights, with a short memory at first."""

    def __init__(self, module: torch.nn.Module, decay: float):

        self.decay, self.count = decay, 0
        self.weights = [p.detach().clone() for p in module.parameters()]

    @torch.no_grad()
    def update(self, module: torch.nn.Module) -> None:
        self.count += 1
        keep = min(self.decay, (1 + self.count) / (10 + self.count))
        torch._foreach_lerp_(self.weights, [p.detach() for p in module.parameters()], 1 - keep)

    @torch.no_grad()
    def copy_to(self, module: torch.nn.Module) -> torch.nn.Module:
        for parameter, value in zip(module.parameters(), self.weights):
            parameter.copy_(value)
        return module

    def state_dict(self) -> dict:
        return {"count": self.count, "weights": self.weights}

    def load_state_dict(self, state: dict) -> None:
        self.count = state["count"]
        for own, saved in zip(self.weights, state["weights"]):
            own.copy_(saved)
